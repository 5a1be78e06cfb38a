// SPDX-License-Identifier: Apache-2.0
#include "otlp/request_encoder.hpp"

#include <algorithm>

#include "codec/wire.hpp"
#include "span/span_encoder.hpp"

namespace weft::inline v0::otlp {

namespace {

using codec::varint_size;

// ExportTraceServiceRequest.resource_spans, ResourceSpans.scope_spans, ScopeSpans.spans.
constexpr char kResourceSpans = static_cast<char>(codec::tag(1, codec::kBytes));
constexpr char kScopeSpans = static_cast<char>(codec::tag(2, codec::kBytes));
constexpr char kSpans = static_cast<char>(codec::tag(2, codec::kBytes));

// A message inside another one: tag, length, content.
constexpr std::size_t field_size(std::size_t content) noexcept {
  return 1 + varint_size(content) + content;
}

char* write_header(char* out, char tag, std::size_t content) noexcept {
  *out++ = tag;
  return codec::write_varint(out, content);
}

// What a group and its section cost at most beside their prefixes and spans: two tags and lengths.
constexpr std::size_t kGroupOverhead = 2 * (1 + 10);

}  // namespace

std::size_t RequestEncoder::plan(std::span<detail::Record* const> records, std::size_t limit) {
  // A batch is of one pool: this process's, or what a dead one left.
  const detail::RecordPool& pool =
      records.empty() ? *detail::RecordPool::current() : detail::RecordPool::of(*records.front());
  groups_.clear();
  sizes_.resize(records.size());
  group_numbers_.resize(records.size());
  std::size_t count = 0;
  std::size_t upper_bound = 0;
  std::size_t number = 0;
  Group* group = nullptr;
  for (const detail::Record* record : records) {
    const std::size_t span_size = detail::encoded_span_size(*record);
    upper_bound += field_size(span_size);
    if (group == nullptr || !group->is_of(*record)) {  // neighbours mostly are of one scope
      number = group_of(*record, pool);
      group = &groups_[number];
      if (group->count == 0) {
        upper_bound +=
            group->prefix.size() + pool.resource(group->resource).size() + kGroupOverhead;
      }
    }
    if (upper_bound > limit) {
      if (group->count == 0) groups_.pop_back();
      break;
    }
    sizes_[count] = static_cast<std::uint32_t>(span_size);
    group_numbers_[count++] = static_cast<std::uint32_t>(number);
    ++group->count;
    group->spans_size += field_size(span_size);
  }
  records_ = records.first(count);
  order_records();
  order_groups(pool);
  return count;
}

// There are few.
std::size_t RequestEncoder::group_of(const detail::Record& record, const detail::RecordPool& pool) {
  const auto found =
      std::ranges::find_if(groups_, [&](const Group& group) { return group.is_of(record); });
  const auto number = static_cast<std::size_t>(found - groups_.begin());
  if (found == groups_.end()) {
    groups_.push_back({record.resource, record.scope, 0, 0, 0, pool.scope(record.scope)});
  }
  return number;
}

void RequestEncoder::order_records() {
  order_.clear();
  if (groups_.size() < 2) return;
  std::uint32_t first = 0;
  for (Group& group : groups_) {
    group.first = first;
    first += group.count;
    group.count = 0;  // counted again below
  }
  order_.resize(records_.size());
  for (std::uint32_t i = 0; i < records_.size(); ++i) {
    Group& group = groups_[group_numbers_[i]];
    order_[group.first + group.count++] = i;
  }
}

void RequestEncoder::order_groups(const detail::RecordPool& pool) {
  sections_.clear();
  group_order_.clear();
  size_ = 0;
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    const std::uint16_t resource = groups_[i].resource;
    const auto same = [&](const Group& group) { return group.resource == resource; };
    if (std::ranges::any_of(groups_.begin(), groups_.begin() + static_cast<std::ptrdiff_t>(i),
                            same)) {
      continue;  // it is in the section of the first one
    }
    Section section{pool.resource(resource), 0, 0};
    section.size = section.prefix.size();
    for (std::size_t j = i; j < groups_.size(); ++j) {
      if (!same(groups_[j])) continue;
      section.size += field_size(groups_[j].content_size());
      ++section.groups;
      group_order_.push_back(static_cast<std::uint32_t>(j));
    }
    size_ += field_size(section.size);
    sections_.push_back(section);
  }
}

char* RequestEncoder::write(char* out) const noexcept {
  auto number = group_order_.begin();
  for (const Section& section : sections_) {
    out = write_header(out, kResourceSpans, section.size);
    out = codec::write_bytes(out, section.prefix.data(), section.prefix.size());
    for (std::size_t i = 0; i < section.groups; ++i, ++number) {
      out = write_group(groups_[*number], out);
    }
  }
  return out;
}

char* RequestEncoder::write_group(const Group& group, char* out) const noexcept {
  out = write_header(out, kScopeSpans, group.content_size());
  out = codec::write_bytes(out, group.prefix.data(), group.prefix.size());
  for (std::uint32_t i = group.first; i < group.first + group.count; ++i) {
    const std::uint32_t record = order_.empty() ? i : order_[i];
    out = write_header(out, kSpans, sizes_[record]);
    out = detail::encode_span(*records_[record], out);
  }
  return out;
}

}  // namespace weft::inline v0::otlp
