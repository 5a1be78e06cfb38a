// SPDX-License-Identifier: Apache-2.0
#include <weft/attributes.hpp>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "codec/byte_writer.hpp"
#include "codec/field_reader.hpp"
#include "codec/value_encoder.hpp"

namespace weft::inline v0 {

namespace {

constexpr std::uint32_t kMaximumSize = 256U << 20U;

/// Writes behind the buffer's end; the buffer moves when it grows, offsets stay.
class BufferWriter final : public codec::ByteWriter {
 public:
  using Grow = char* (*)(void* owner, std::uint32_t& capacity);
  BufferWriter(char* data, std::uint32_t size, std::uint32_t capacity, void* owner,
               Grow grow) noexcept
      : ByteWriter(data, data + size, data + capacity, 0), owner_(owner), grow_(grow) {}

 private:
  bool next_area() noexcept override {
    const std::uint32_t used = offset();
    std::uint32_t capacity = 0;
    char* data = grow_(owner_, capacity);
    if (data == nullptr) return false;
    set_area(data, data + used, data + capacity, 0);
    return true;
  }
  char* at(std::uint32_t offset) noexcept override { return area_begin() + offset; }

  void* owner_;
  Grow grow_;
};

}  // namespace

AttributeValue::~AttributeValue() = default;

Attributes::Attributes(std::initializer_list<AttributeView> attributes) noexcept {
  for (const AttributeView& attribute : attributes) set(attribute.key, attribute.value);
}

Attributes::Attributes(const Attributes& other) noexcept
    : count_(other.count_), dropped_(other.dropped_) {
  if (!reserve(other.size_)) {
    count_ = 0;
    dropped_ += other.count_;
    return;
  }
  size_ = other.size_;
  std::memcpy(data(), other.data(), size_);
}

Attributes::Attributes(Attributes&& other) noexcept
    : heap_(std::exchange(other.heap_, nullptr)),
      capacity_(std::exchange(other.capacity_, kInlineSize)),
      size_(std::exchange(other.size_, 0)),
      count_(std::exchange(other.count_, 0)),
      dropped_(std::exchange(other.dropped_, 0)) {
  if (heap_ == nullptr) std::memcpy(inline_, other.inline_, size_);
}

Attributes& Attributes::operator=(Attributes other) noexcept {
  if (heap_ != nullptr) free_heap();
  heap_ = std::exchange(other.heap_, nullptr);
  capacity_ = std::exchange(other.capacity_, kInlineSize);
  size_ = std::exchange(other.size_, 0);
  count_ = std::exchange(other.count_, 0);
  dropped_ = std::exchange(other.dropped_, 0);
  if (heap_ == nullptr) std::memcpy(inline_, other.inline_, size_);
  return *this;
}

void Attributes::free_heap() noexcept {
  std::free(heap_);
  heap_ = nullptr;
  capacity_ = kInlineSize;
}

// Malloc and not new, so that a buffer can grow in place and failure is a plain null.
bool Attributes::reserve(std::size_t more) noexcept {
  const std::size_t wanted = size_ + more;
  if (wanted <= capacity_) return true;
  if (wanted > kMaximumSize) return false;
  const std::size_t capacity = std::max<std::size_t>(wanted, std::size_t{capacity_} * 2);
  auto* grown = static_cast<char*>(std::realloc(heap_, capacity));
  if (grown == nullptr) return false;
  if (heap_ == nullptr) std::memcpy(grown, inline_, size_);
  heap_ = grown;
  capacity_ = static_cast<std::uint32_t>(capacity);
  return true;
}

void Attributes::set(std::string_view key, const AttributeValueView& value) noexcept {
  write(key, value, {});
}

void Attributes::write(std::string_view key, const AttributeValueView& value,
                       const codec::ValueLimits& limits) noexcept {
  if (value.is_absent()) return;
  const std::uint32_t before = size_;
  BufferWriter writer(data(), size_, capacity_, this, [](void* owner, std::uint32_t& capacity) {
    // The writer's bytes lie behind size_ until they count: growing must carry them over.
    auto& self = *static_cast<Attributes*>(owner);
    const std::uint32_t committed = std::exchange(self.size_, self.capacity_);
    const bool grown = self.reserve(self.capacity_);
    self.size_ = committed;
    capacity = self.capacity_;
    return grown ? self.data() : nullptr;
  });
  if (!codec::write_attribute(writer, codec::span_field::attributes, key, value, limits)) {
    size_ = before;
    ++dropped_;
    return;
  }
  const std::uint32_t end = writer.offset();
  const std::uint32_t added = end - before;
  const auto written = codec::FieldReader({data() + before, added}).next();
  if (written) erase(codec::key_of(written->bytes));  // as it was repaired; moves the new one up
  std::memmove(data() + size_, data() + before, added);
  size_ += added;
  ++count_;
}

void Attributes::erase(std::string_view key) noexcept {
  codec::FieldReader reader(encoded());
  while (const auto field = reader.next()) {
    if (codec::key_of(field->bytes) != key) continue;
    const std::size_t after = field->offset + field->encoded.size();
    std::memmove(data() + field->offset, data() + after, size_ - after);
    size_ -= static_cast<std::uint32_t>(field->encoded.size());
    --count_;
    return;
  }
}

std::optional<AttributeValue> Attributes::find(std::string_view key) const {
  codec::FieldReader reader(encoded());
  while (const auto field = reader.next()) {
    if (codec::key_of(field->bytes) == key) return codec::decode_attribute(field->bytes).value;
  }
  return std::nullopt;
}

std::vector<Attribute> Attributes::to_vector() const {
  std::vector<Attribute> attributes;
  attributes.reserve(count_);
  codec::FieldReader reader(encoded());
  while (const auto field = reader.next()) {
    attributes.push_back(codec::decode_attribute(field->bytes));
  }
  return attributes;
}

void Attributes::Iterator::read_next() {
  left_ = rest_.size();
  const auto field = codec::FieldReader(rest_).next();
  if (!field) return;
  attribute_ = codec::decode_attribute(field->bytes);
  rest_.remove_prefix(field->offset + field->encoded.size());
}

void Attributes::append(const Attributes& more) noexcept {
  dropped_ += more.dropped_;
  codec::FieldReader reader(more.encoded());
  while (const auto attribute = reader.next()) {
    erase(codec::key_of(attribute->bytes));
    if (!reserve(attribute->encoded.size())) {
      ++dropped_;
      continue;
    }
    std::memcpy(data() + size_, attribute->encoded.data(), attribute->encoded.size());
    size_ += static_cast<std::uint32_t>(attribute->encoded.size());
    ++count_;
  }
}

void Attributes::append_range(const AttributeValueView& range) noexcept {
  const auto set_entry = [](void* self, std::string_view key, const AttributeValueView& value) {
    static_cast<Attributes*>(self)->set(key, value);
  };
  if (!codec::for_each_entry(range, set_entry, this)) ++dropped_;
}

}  // namespace weft::inline v0
