// SPDX-License-Identifier: Apache-2.0
// Decides as it is told, for compare_with_python.py. One case a line, fields between tabs:
//   sampler  trace id  flags of the parent, or "root"  trace state
// where sampler is "on", "off", "<ratio>", "parent:<sampler>", or
// "rule:<name>:<sampler>:<sampler>". The answer: "1" or "0", a tab, the trace state.
#include <weft/detail/context_access.hpp>
#include <weft/weft.hpp>

#include <cstdlib>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace {

weft::ComposablePtr composable(const std::string& text) {
  if (text == "on") return weft::composables::always_on();
  if (text == "off") return weft::composables::always_off();
  if (text.starts_with("parent:")) {
    return weft::composables::parent_threshold(composable(text.substr(7)));
  }
  if (text.starts_with("rule:")) {
    std::istringstream in(text.substr(5));
    std::string name;
    std::string first;
    std::string second;
    std::getline(in, name, ':');
    std::getline(in, first, ':');
    std::getline(in, second);
    return weft::composables::rule_based(
        {{weft::composables::name_matches(name), composable(first)}, {{}, composable(second)}});
  }
  return weft::composables::probability(std::strtod(text.c_str(), nullptr));
}

std::vector<std::string> fields(const std::string& line) {
  std::vector<std::string> found;
  std::istringstream in(line);
  for (std::string field; std::getline(in, field, '\t');) found.push_back(field);
  found.resize(4);
  return found;
}

}  // namespace

int main() {
  std::map<std::string, weft::SamplerPtr> samplers;
  const weft::Attributes none;
  for (std::string line; std::getline(std::cin, line);) {
    const std::vector<std::string> given = fields(line);
    weft::SamplerPtr& sampler = samplers[given[0]];
    if (sampler == nullptr) sampler = weft::samplers::composite(composable(given[0]));
    const weft::TraceId trace_id = *weft::TraceId::from_hex(given[1]);
    weft::Context parent;
    if (given[2] != "root") {
      const auto flags = static_cast<std::uint8_t>(std::stoi(given[2]));
      weft::detail::set_remote_span(
          parent,
          weft::SpanContext(
              trace_id, *weft::SpanId::from_hex("b7ad6b7169203331"), weft::TraceFlags(flags),
              weft::TraceState::from_header(given[3]).value_or(weft::TraceState()), true));
    }
    const weft::SamplingResult result =
        sampler->should_sample({parent, trace_id, "name", weft::SpanKind::internal, none, {}});
    std::cout << (result.decision == weft::SamplingDecision::record_and_sample ? "1" : "0") << '\t'
              << result.trace_state.view() << '\n';
  }
}
