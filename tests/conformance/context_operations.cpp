// SPDX-License-Identifier: Apache-2.0
// Reads operations on context variables, a line each, and writes what they answer, a line each.
// compare_with_cpython.py makes them, and has CPython do the same.
#include <weft/context.hpp>
#include <weft/context_var.hpp>

#include <cstdio>
#include <cstdlib>
#include <deque>
#include <iostream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace {

const weft::ContextVar<int> a{"a"};
const weft::ContextVar<int> b{"b"};
const weft::ContextVar<int> c{"c", -1};
const weft::ContextVar<int> d{"d", -2};
const weft::ContextVar<int>* const variables[] = {&a, &b, &c, &d};

// What one sequence has made so far.
struct World {
  std::deque<weft::Token<int>> tokens;
  std::deque<weft::Context> contexts;
};

void answer(const std::string& text) { std::cout << text << '\n'; }

std::string text_of(const int* value) { return value != nullptr ? std::to_string(*value) : "none"; }

template <class F>
void answer_of(F&& f) {
  try {
    answer(f());
  } catch (const weft::LookupError&) {
    answer("LookupError");
  } catch (const weft::TokenUsedError&) {
    answer("used");
  } catch (const weft::TokenVarError&) {
    answer("other variable");
  } catch (const weft::TokenContextError&) {
    answer("other context");
  } catch (const weft::ContextEnteredError&) {
    answer("entered");
  }
}

std::string items_of(const weft::Context& context) {
  std::string text = std::to_string(context.size());
  for (const weft::ContextVar<int>* variable : variables) {
    for (const auto item : context) {
      if (const int* value = item.get_if(*variable)) {
        text += " " + std::string(item.name()) + "=" + std::to_string(*value);
      }
    }
  }
  return text;
}

bool follow(World& world);

// Operations on the current context.
bool follow_current(World& world, const std::string& name, std::istringstream& line) {
  std::size_t which = 0;
  int value = 0;
  line >> which >> value;
  if (name == "set") {
    world.tokens.push_back(variables[which]->set(value));
    answer("token");
  } else if (name == "get") {
    answer_of([&] { return std::to_string(variables[which]->get()); });
  } else if (name == "get_or") {
    answer(std::to_string(variables[which]->get_or(value)));
  } else if (name == "reset") {
    answer_of([&] {
      variables[which]->reset(world.tokens.at(static_cast<std::size_t>(value)));
      return std::string("reset");
    });
  } else if (name == "old") {
    const std::optional<int> old = world.tokens.at(which).old_value();
    answer(text_of(old ? &*old : nullptr));
  } else if (name == "var") {
    answer(std::string(world.tokens.at(which).var().name()));
  } else {
    return false;
  }
  return true;
}

// Operations on Context objects. `run` follows the lines up to its `end` inside; when the context
// cannot be entered it follows them outside, as CPython's side does.
void follow_context(World& world, const std::string& name, std::istringstream& line) {
  std::size_t which = 0;
  std::size_t variable = 0;
  line >> which >> variable;
  if (name == "copy") {
    world.contexts.push_back(weft::copy_context());
    answer("context");
  } else if (name == "new") {
    world.contexts.emplace_back();
    answer("context");
  } else if (name == "copy_of") {
    world.contexts.push_back(world.contexts.at(which));
    answer("context");
  } else if (name == "context_get") {
    const int* value = world.contexts.at(which).find(*variables[variable]);
    answer(text_of(value));
  } else if (name == "contains") {
    answer(world.contexts.at(which).contains(*variables[variable]) ? "yes" : "no");
  } else if (name == "items") {
    answer(items_of(world.contexts.at(which)));
  } else if (name == "run") {
    bool was_entered = false;
    answer_of([&] {
      world.contexts.at(which).run([&] {
        was_entered = true;
        answer("inside");
        follow(world);
      });
      return std::string("outside");
    });
    if (!was_entered) follow(world);
  } else {
    std::cerr << "context_operations: no operation is called '" << name << "'\n";
    std::exit(2);
  }
}

// Until `end`; false at the end of the input.
bool follow(World& world) {
  std::string text;
  while (std::getline(std::cin, text)) {
    if (text == "end") return true;
    std::istringstream line(text);
    std::string name;
    line >> name;
    std::istringstream again(text);
    again >> name;
    if (!follow_current(world, name, line)) follow_context(world, name, again);
  }
  return false;
}

}  // namespace

int main() {
  std::ios::sync_with_stdio(false);
  bool more = true;
  while (more) {
    World world;
    weft::Context sequence;
    sequence.run([&] { more = follow(world); });
    answer("---");
  }
}
