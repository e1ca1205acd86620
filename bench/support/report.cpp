#include "report.hpp"

#include <fstream>

namespace ancillary::bench {

namespace {

// These names need no JSON escapes.
void write_figure(std::ostream& out, const figure& one) {
  out << R"({"name": ")" << one.name << R"(", "metric": ")" << one.metric << R"(", "median": )"
      << one.value.median << R"(, "low": )" << one.value.low << R"(, "high": )" << one.value.high
      << R"(, "unit": ")" << one.unit << '"';
  if (one.ratio.median != 0) {
    out << R"(, "ratio": )" << one.ratio.median << R"(, "ratio_low": )" << one.ratio.low
        << R"(, "ratio_high": )" << one.ratio.high << R"(, "ratio_to": ")" << one.ratio_to
        << R"(", "left_out": )" << one.left_out << R"(, "rounds": [)";
    const char* separator = "";
    for (const auto& [a, b, c, d] : one.rounds) {
      out << separator << '[' << a << ", " << b << ", " << c << ", " << d << ']';
      separator = ", ";
    }
    out << ']';
  }
  out << '}';
}

} // namespace

bool report::write(const std::string& path) const {
  std::ofstream out(path);
  out.precision(6);
  out << "{\"figures\": [";
  const char* separator = "\n  ";
  for (const figure& one : figures_) {
    out << separator;
    write_figure(out, one);
    separator = ",\n  ";
  }
  out << "\n]}\n";
  out.close();
  return !out.fail();
}

} // namespace ancillary::bench
