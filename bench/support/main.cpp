// The command line of the programs that compare receivers of datagrams from another process.

#include "count.hpp"
#include "platform.hpp"
#include "report.hpp"
#include "rounds.hpp"

#include <algorithm>
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace ancillary::bench;

constexpr std::size_t full_pairs = 20;
constexpr std::size_t quick_pairs = 8;
constexpr std::chrono::milliseconds full_round{200};
constexpr std::chrono::milliseconds quick_round{150};
constexpr std::chrono::seconds full_time{40};
constexpr std::chrono::seconds quick_time{7};

struct arguments {
  bool be_sender = false;
  std::uint16_t port = 0;
  std::uint16_t sender_at = 0;
  std::vector<std::string> loads;
  std::vector<std::uint32_t> sizes;
  std::vector<std::string> comparisons;
  bool quick = false;
  bool count = false;
  std::size_t pairs = 0;
  unsigned round_ms = 0;
  std::uint64_t rate = 20'000;
  std::uint32_t flows = 1;
  std::string json;
  std::string promises;
};

// The limit of a figure and its reference.
using limits = std::map<std::pair<std::string, std::string>, double>;

limits read_limits(const std::string& path) {
  limits all;
  std::ifstream in(path);
  std::string name;
  std::string reference;
  double limit = 0;
  while (in >> name >> reference >> limit) {
    all[{name, reference}] = limit;
  }
  return all;
}

const subject_kind& find(const std::vector<subject_kind>& all, const std::string& name) {
  for (const subject_kind& each : all) {
    if (each.name == name) {
      return each;
    }
  }
  std::string names;
  for (const subject_kind& each : all) {
    names += "\n  " + each.name + ": " + each.what;
  }
  throw std::invalid_argument("no receiver '" + name + "'; available:" + names);
}

std::vector<comparison_set> named_comparisons(const arguments& chosen, const std::string& floor) {
  std::vector<comparison> named;
  for (const std::string& each : chosen.comparisons) {
    const auto colon = each.find(':');
    named.push_back(
        {each.substr(0, colon), colon == std::string::npos ? floor : each.substr(colon + 1)});
  }
  std::vector<comparison_set> sets;
  for (const std::string& each :
       chosen.loads.empty() ? std::vector<std::string>{"drain"} : chosen.loads) {
    sets.push_back({each, named});
  }
  return sets;
}

std::vector<comparison_set> chosen_comparisons(const arguments& chosen) {
  std::vector<comparison_set> sets = usual_comparisons();
  if (!chosen.comparisons.empty()) {
    sets = named_comparisons(chosen, sets.front().comparisons.front().reference);
  } else if (!chosen.loads.empty()) {
    std::erase_if(sets, [&](const comparison_set& set) {
      return std::ranges::find(chosen.loads, set.load) == chosen.loads.end();
    });
  }
  for (comparison_set& set : sets) {
    if (!chosen.sizes.empty()) {
      set.sizes = chosen.sizes;
    }
    if (chosen.quick && chosen.comparisons.empty()) {
      std::erase_if(set.comparisons, [](const comparison& each) { return !each.quick; });
    }
  }
  return sets;
}

load load_of(const std::string& name) {
  const std::map<std::string, load> loads{
      {"drain", load::drain}, {"flood", load::flood}, {"pace", load::pace}};
  return loads.at(name);
}

void print(const outcome& result, const comparison& what, const round_plan& plan,
           const std::string& load_name, measure by) {
  std::printf("%-5s %5u B  %-18s %8.1f ns (user %2.0f %%) %9.0f /s  lost %4.1f %%  %.3g alloc   "
              "%.3f [%.3f, %.3f] of %s%s, %zu pairs\n",
              load_name.c_str(), plan.datagram_bytes, what.name.c_str(), result.ns_each.median,
              result.user_share * 100, result.rate.median, result.lost.value_or(0) * 100,
              result.allocations, result.ratio.median, result.ratio.low, result.ratio.high,
              what.reference.c_str(), by == measure::rate ? "'s rate" : "",
              2 * result.groups.size());
  std::fflush(stdout);
}

void note(report& into, const outcome& result, const comparison& what, const round_plan& plan,
          const std::string& load_name, measure by) {
  const std::string prefix =
      program_name() + "/" + load_name + "/" + std::to_string(plan.datagram_bytes) + "/";
  const interval none{};
  figure cpu{prefix + what.name, "receiver_cpu", result.ns_each, "ns/datagram", none, ""};
  figure rate{prefix + what.name, "rate", result.rate, "datagrams/s", none, ""};
  figure& compared = by == measure::rate ? rate : cpu;
  compared.ratio = result.ratio;
  compared.ratio_to = prefix + what.reference;
  compared.left_out = result.left_out;
  for (const group& each : result.groups) {
    compared.rounds.push_back(each.rounds);
  }
  into.add(std::move(cpu));
  into.add(std::move(rate));
  const auto single = [](double value) { return interval{value, value, value}; };
  into.add({prefix + what.name, "user_share", single(result.user_share), "1", none, ""});
  if (result.lost) {
    into.add({prefix + what.name, "loss", single(*result.lost), "1", none, ""});
  }
  into.add({prefix + what.name, "allocations", single(result.allocations), "1/datagram", none, ""});
  into.add({prefix + what.name, "allocations_of_median_round",
            single(result.allocations_of_median_round), "1/datagram", none, ""});
}

void run(const arguments& chosen) {
  std::uint16_t sender_port = chosen.sender_at;
  if (sender_port == 0) {
    sender_port = static_cast<std::uint16_t>(std::stoul(start_again("--be-sender")));
  }
  sender_link sender(sender_port);
  stay_on(place::last);
  const std::vector<subject_kind> all = subjects();
  const measure by = usual_measure();
  report figures;
  const limits promised = read_limits(chosen.promises);
  for (const comparison_set& set : chosen_comparisons(chosen)) {
    for (const std::uint32_t size : set.sizes) {
      for (const comparison& each : set.comparisons) {
        round_plan plan;
        plan.kind = load_of(set.load);
        plan.datagram_bytes = size;
        plan.rate = chosen.rate;
        plan.flows = chosen.flows;
        plan.duration = chosen.round_ms != 0 ? std::chrono::milliseconds(chosen.round_ms)
                        : chosen.quick       ? quick_round
                                             : full_round;
        plan.pairs = chosen.pairs != 0 ? chosen.pairs : chosen.quick ? quick_pairs : full_pairs;
        plan.time = chosen.quick ? quick_time : full_time;
        const std::string prefix =
            program_name() + '/' + set.load + '/' + std::to_string(size) + '/';
        if (const auto found = promised.find({prefix + each.name, prefix + each.reference});
            found != promised.end()) {
          plan.limit = found->second;
        }
        const outcome result =
            compare(find(all, each.reference), find(all, each.name), plan, by, sender);
        print(result, each, plan, set.load, by);
        note(figures, result, each, plan, set.load, by);
      }
    }
  }
  if (chosen.comparisons.empty()) {
    add_other_figures(figures);
  }
  if (!chosen.json.empty() && !figures.write(chosen.json)) {
    throw std::runtime_error("cannot write " + chosen.json);
  }
}

void announce(std::uint16_t port) {
  std::printf("%u\n", unsigned{port});
  std::fflush(stdout);
}

} // namespace

int main(int count, char** values) {
  arguments chosen;
  CLI::App app("Compares receivers of UDP datagrams, in pairs of short rounds");
  app.add_flag("--be-sender", chosen.be_sender, "Only send, for another program");
  app.add_option("--port", chosen.port, "The sender's control port; 0: any");
  app.add_option("--sender-at", chosen.sender_at, "Control port of a running sender");
  app.add_option("--load", chosen.loads, "drain, flood, pace");
  app.add_option("--size", chosen.sizes, "Payload bytes of a datagram");
  app.add_option("--compare", chosen.comparisons, "RECEIVER:REFERENCE; an unknown name lists them");
  app.add_flag("--quick", chosen.quick, "Only the promised figures, with few pairs");
  app.add_flag("--count", chosen.count, "Only run what scripts/check-instructions.sh counts");
  app.add_option("--pairs", chosen.pairs, "Rounds of each receiver");
  app.add_option("--round-ms", chosen.round_ms, "Duration of a round");
  app.add_option("--rate", chosen.rate, "Datagrams per second of the load pace");
  app.add_option("--flows", chosen.flows, "Source ports of the datagrams");
  app.add_option("--json", chosen.json, "File for the figures");
  app.add_option("--promises", chosen.promises,
                 "File with lines FIGURE REFERENCE LIMIT: more pairs until these are decided");
  CLI11_PARSE(app, count, values);
  try {
    if (chosen.be_sender) {
      stay_on(place::first);
      serve_traffic(chosen.port, announce);
    } else if (chosen.count) {
      counting = true;
      run_counted(subjects());
    } else {
      run(chosen);
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s_bench: %s\n", program_name().c_str(), error.what());
    return 1;
  }
}
