#include "support/catch.hpp"
#include <ancillary/decoders/fields.hpp>

#include <set>
#include <sstream>
#include <vector>

using namespace ancillary;

namespace {

constexpr field_set some{field::hop_limit, field::ecn};
static_assert(some.contains(field::ecn) && !some.contains(field::timestamp) && some.size() == 2);
static_assert((some | field_set{field::timestamp}).size() == 3);
static_assert((some & field_set{field::ecn}) == field_set{field::ecn});
static_assert((some - field_set{field::ecn}) == field_set{field::hop_limit});
static_assert(field_set::all().size() == field_count && field_set::all().contains(some));
static_assert(!some.contains(field_set::all()) && some.contains(field_set{}));
static_assert(field_set::from_bits(0xffffffff) == field_set::all());
static_assert(field_set::from_bits(some.bits()) == some);
static_assert(traffic_class{0xb9}.dscp() == 46 && traffic_class{0xb9}.ecn() == ecn_codepoint::ect1);

template <class T>
std::string text(const T& value) {
  std::ostringstream out;
  out << value;
  return out.str();
}

} // namespace

TEST_CASE("field_set iterates in the order of the enumeration") {
  field_set set;
  CHECK(set.empty());
  set.insert(field::redirect_context);
  set.insert(field::destination);
  set.insert(field::destination);
  set |= some;
  CHECK(std::vector<field>(set.begin(), set.end()) ==
        std::vector<field>{field::destination, field::hop_limit, field::ecn,
                           field::redirect_context});
  set.erase(field::destination);
  set.erase(field::timestamp);
  set -= field_set{field::redirect_context};
  CHECK(set == some);
  set &= field_set{field::ecn};
  CHECK(set == field_set{field::ecn});
}

TEST_CASE("every field and enumerator has a distinct name") {
  std::set<std::string_view> names;
  for (const field what : field_set::all()) {
    names.insert(to_string(what));
  }
  CHECK(names.size() == field_count);
  CHECK(names.count("original_arrival_interface") == 1);
  CHECK(names.count("unknown field") == 0);
  CHECK(text(some) == "hop_limit, ecn");
  CHECK(text(field_set{}) == "nothing");
  CHECK(text(field::segment_bytes) == "segment_bytes");
  CHECK(text(ecn_codepoint::ce) == "ce");
  CHECK(text(traffic_class{0xb9}) == "dscp:46,ecn:ect1");
  CHECK(text(timestamp{timestamp_clock::performance_counter, 12}) == "performance_counter:12");
}
