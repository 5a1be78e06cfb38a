// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <weft/context.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

struct alignas(64) CacheLine {
  std::array<std::uint64_t, 8> words{};
};
struct alignas(4096) Page {
  std::array<std::uint64_t, 512> words{};
};
struct Large {
  std::array<char, 100'000> bytes{};
};
enum class Colour { red, green };

// Sizes around those of a free-list cell.
template <std::size_t Size>
struct Sized {
  std::array<unsigned char, Size> bytes{};
};

bool is_aligned(const void* pointer, std::size_t alignment) {
  return reinterpret_cast<std::uintptr_t>(pointer) % alignment == 0;
}

TEST(ValueTypes, MoveOnlyTypesWork) {
  static const weft::ContextVar<std::unique_ptr<int>> owner{"owner"};
  weft::Context().run([] {
    owner.set(std::make_unique<int>(5));
    EXPECT_EQ(*owner.get(), 5);
  });
}

TEST(ValueTypes, MoveOnlyTypesAreRestored) {
  static const weft::ContextVar<std::unique_ptr<int>> owner{"owner"};
  weft::Context().run([] {
    owner.set(std::make_unique<int>(5));
    {
      auto scope = owner.scoped(std::make_unique<int>(6));
    }
    EXPECT_EQ(*owner.get(), 5);
  });
}

TEST(ValueTypes, AMoveOnlyTypeMayHaveADefault) {
  static const weft::ContextVar<std::unique_ptr<int>> owner{"owner", std::make_unique<int>(8)};
  EXPECT_EQ(*owner.get(), 8);
}

TEST(ValueTypes, SnapshotsShareAMoveOnlyValue) {
  static const weft::ContextVar<std::unique_ptr<int>> owner{"owner"};
  weft::Context().run([] {
    owner.set(std::make_unique<int>(5));
    weft::Context snapshot = weft::copy_context();
    EXPECT_EQ(snapshot.get(owner).get(), owner.get().get());
  });
}

TEST(ValueTypes, ACacheLineIsAligned) {
  static const weft::ContextVar<CacheLine> line{"line"};
  weft::Context().run([] {
    line.set({});
    EXPECT_TRUE(is_aligned(line.find(), 64));
  });
}

TEST(ValueTypes, APageIsAligned) {
  static const weft::ContextVar<Page> page{"page"};
  weft::Context().run([] {
    page.set({});
    EXPECT_TRUE(is_aligned(page.find(), 4096));
  });
}

TEST(ValueTypes, AnOverAlignedDefaultIsAligned) {
  static const weft::ContextVar<CacheLine> line{"line", CacheLine{}};
  EXPECT_TRUE(is_aligned(&line.get(), 64));
}

TEST(ValueTypes, ALargeValueIsKeptWhole) {
  static const weft::ContextVar<Large> large{"large"};
  weft::Context().run([] {
    auto value = std::make_unique<Large>();
    value->bytes.back() = 'x';
    large.set(*value);
    EXPECT_EQ(large.get().bytes.back(), 'x');
  });
}

template <std::size_t Size>
void expect_kept_whole() {
  static const weft::ContextVar<Sized<Size>> variable{"sized"};
  weft::Context().run([] {
    Sized<Size> value;
    for (std::size_t i = 0; i < Size; ++i) value.bytes[i] = static_cast<unsigned char>(i + 1);
    variable.set(value);
    variable.set(value);  // the neighbour in the free list
    EXPECT_EQ(variable.get().bytes, value.bytes) << Size;
  });
}

TEST(ValueTypes, EverySizeAroundACellIsKeptWhole) {
  expect_kept_whole<1>();
  expect_kept_whole<15>();
  expect_kept_whole<31>();
  expect_kept_whole<32>();
  expect_kept_whole<33>();
  expect_kept_whole<63>();
  expect_kept_whole<64>();
  expect_kept_whole<65>();
}

TEST(ValueTypes, EnumsPointersAndBoolsWork) {
  static const weft::ContextVar<Colour> colour{"colour", Colour::red};
  static const weft::ContextVar<const char*> pointer{"pointer", nullptr};
  static const weft::ContextVar<bool> flag{"flag", false};
  weft::Context().run([] {
    colour.set(Colour::green);
    pointer.set("text");
    flag.set(true);
    EXPECT_TRUE(colour.get() == Colour::green && *pointer.get() == 't' && flag.get());
  });
}

TEST(ValueTypes, ANullPointerThatWasSetIsAValue) {
  static const weft::ContextVar<const char*> pointer{"pointer"};
  weft::Context().run([] {
    pointer.set(nullptr);
    EXPECT_NE(pointer.find(), nullptr);
  });
}

TEST(ValueTypes, ADefaultStringIsKept) {
  static const weft::ContextVar<std::string> text{"text",
                                                  "a default that is too long to be inline"};
  EXPECT_EQ(text.get(), "a default that is too long to be inline");
}

TEST(ValueTypes, AVariableCanHoldAContext) {
  static const weft::ContextVar<weft::Context> saved{"saved"};
  static const weft::ContextVar<int> depth{"depth"};
  weft::Context().run([] {
    depth.set(4);
    saved.set(weft::copy_context());
    EXPECT_EQ(saved.get().get(depth), 4);
  });
}

struct ThrowsWhenMoved {
  ThrowsWhenMoved() = default;
  explicit ThrowsWhenMoved(int value) : number(value) {}
  ThrowsWhenMoved(const ThrowsWhenMoved&) = default;
  ThrowsWhenMoved(ThrowsWhenMoved&& other) : number(other.number) {
    if (number == 2) throw std::runtime_error("no move");
  }
  int number = 0;
};

TEST(ValueTypes, AMoveThatThrowsPassesItsExceptionOn) {
  static const weft::ContextVar<ThrowsWhenMoved> variable{"throws"};
  weft::Context().run([] { EXPECT_THROW(variable.set(ThrowsWhenMoved(2)), std::runtime_error); });
}

TEST(ValueTypes, AMoveThatThrowsLeavesTheOldValue) {
  static const weft::ContextVar<ThrowsWhenMoved> variable{"throws"};
  weft::Context().run([] {
    variable.set(ThrowsWhenMoved(1));
    try {
      variable.set(ThrowsWhenMoved(2));
    } catch (const std::runtime_error&) {
    }
    EXPECT_EQ(variable.get().number, 1);
  });
}

}  // namespace
