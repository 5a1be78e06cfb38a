// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <string_view>
#include <vector>

#include <weft/attribute.hpp>
#include <weft/version.hpp>

namespace weft::inline v0 {

namespace codec {
struct ValueLimits;
}
namespace detail {
struct SpanAccess;
}

/// A set of attributes that owns its data: what `SpanOptions::attributes` is, and what a sampler
/// reads and returns. Holds finished OTLP bytes, 224 of them without an allocation, so that a span
/// takes them over by a copy. A key set twice keeps the last value. Copies are values. A range of
/// `Attribute`, each decoded as it is reached: `for (const auto& [key, value] : attributes)`.
/// Not safe for use from several threads at once while one of them changes it.
class WEFT_API Attributes {
 public:
  Attributes() noexcept {}
  Attributes(std::initializer_list<AttributeView> attributes) noexcept;
  template <detail::AttributeRange R>
    requires(!std::same_as<std::remove_cvref_t<R>, Attributes>)
  Attributes(R&& its_range) noexcept {
    append_range(AttributeValueView(its_range));
  }
  Attributes(const Attributes& other) noexcept;
  Attributes(Attributes&& other) noexcept;
  Attributes& operator=(Attributes other) noexcept;
  ~Attributes() {
    if (heap_ != nullptr) free_heap();
  }

  /// Sets `key`, replacing an earlier value. A range that throws costs this attribute alone.
  void set(std::string_view key, const AttributeValueView& value) noexcept;
  std::size_t size() const noexcept { return count_; }
  bool empty() const noexcept { return count_ == 0; }
  /// The value of `key`, decoded; none when it is absent.
  std::optional<AttributeValue> find(std::string_view key) const;
  /// Every attribute in order, decoded.
  std::vector<Attribute> to_vector() const;

  /// Of one pass; good until the attributes are changed. Throws std::bad_alloc.
  class WEFT_API Iterator {
   public:
    using iterator_concept = std::input_iterator_tag;
    using value_type = Attribute;
    using difference_type = std::ptrdiff_t;

    Iterator() = default;
    const Attribute& operator*() const noexcept { return attribute_; }
    const Attribute* operator->() const noexcept { return &attribute_; }
    Iterator& operator++() {
      read_next();
      return *this;
    }
    void operator++(int) { read_next(); }
    friend bool operator==(const Iterator& a, const Iterator& b) noexcept {
      return a.left_ == b.left_;
    }

   private:
    friend class Attributes;
    explicit Iterator(std::string_view encoded) : rest_(encoded) { read_next(); }
    void read_next();

    std::string_view rest_{};
    std::size_t left_ = 0;  // bytes from the one it is at to the end; 0: past the last
    Attribute attribute_{};
  };
  Iterator begin() const { return Iterator(encoded()); }
  Iterator end() const { return {}; }

  /// The finished `KeyValue` fields, one after the other (tag 9 of an OTLP `Span`).
  std::string_view encoded() const noexcept { return {data(), size_}; }
  /// Attributes that could not be kept: their range threw, or memory ran out.
  std::uint32_t dropped_count() const noexcept { return dropped_; }

 private:
  friend struct detail::SpanAccess;
  static constexpr std::uint32_t kInlineSize = 224;

  void write(std::string_view key, const AttributeValueView& value,
             const codec::ValueLimits& limits) noexcept;
  void append(const Attributes& more) noexcept;
  void append_range(const AttributeValueView& range) noexcept;
  bool reserve(std::size_t more) noexcept;
  void erase(std::string_view key) noexcept;
  void free_heap() noexcept;
  const char* data() const noexcept { return heap_ != nullptr ? heap_ : inline_; }
  char* data() noexcept { return heap_ != nullptr ? heap_ : inline_; }

  char* heap_ = nullptr;
  std::uint32_t capacity_ = kInlineSize;
  std::uint32_t size_ = 0;
  std::uint32_t count_ = 0;
  std::uint32_t dropped_ = 0;
  char inline_[kInlineSize];
};

}  // namespace weft::inline v0
