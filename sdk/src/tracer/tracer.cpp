// SPDX-License-Identifier: Apache-2.0
#include <weft/tracer.hpp>

#include <cstring>
#include <new>
#include <string>
#include <utility>

#include "codec/field_reader.hpp"
#include "codec/utf8.hpp"
#include "codec/wire.hpp"
#include "tracer/span_start.hpp"

namespace weft::inline v0 {

namespace {

void append_field(std::string& out, std::uint32_t tag, std::string_view bytes) {
  char text[20];
  char* end = codec::write_varint(codec::write_varint(text, tag), bytes.size());
  out.append(text, end);
  out.append(bytes);
}

void append_text(std::string& out, std::uint32_t tag, std::string_view text) {
  if (text.empty()) return;
  std::string repaired(codec::repaired_size(text), '\0');
  codec::write_repaired(text, repaired.data());
  append_field(out, tag, repaired);
}

// The fields `scope` and `schema_url` of ScopeSpans.
std::string encode_scope(const Tracer& tracer) {
  std::string scope;
  append_text(scope, codec::common_field::scope_name, tracer.name());
  append_text(scope, codec::common_field::scope_version, tracer.version());
  codec::FieldReader attributes(tracer.encoded_attributes());
  while (const auto attribute = attributes.next()) {
    append_field(scope, codec::common_field::scope_attributes, attribute->bytes);
  }
  std::string fields;
  append_field(fields, codec::tag(1, codec::kBytes), scope);
  append_text(fields, codec::tag(3, codec::kBytes), tracer.schema_url());
  return fields;
}

// For the life of the process.
std::string_view intern(std::string_view text) {
  if (text.empty()) return {};
  char* kept = new char[text.size()];
  std::memcpy(kept, text.data(), text.size());
  return {kept, text.size()};
}

}  // namespace

Tracer make_tracer(std::string name, std::string version, std::string schema_url,
                   Attributes attributes) {
  Tracer tracer{intern(name), intern(version), intern(schema_url)};
  tracer.attributes_ = intern(attributes.encoded());
  return tracer;
}

namespace detail {

std::uint16_t add_scope(ThreadData::ScopeEntry& entry, RecordPool& pool,
                        const Tracer& tracer) noexcept {
  try {
    entry.index = pool.add_scope(encode_scope(tracer));
  } catch (const std::bad_alloc&) {
    return 0;
  }
  entry.name = tracer.name().data();
  entry.size = tracer.name().size();
  entry.version = tracer.version().data();
  entry.schema_url = tracer.schema_url().data();
  entry.attributes = tracer.encoded_attributes().data();
  entry.epoch = RecordPool::epoch();
  return entry.index;
}

}  // namespace detail

}  // namespace weft::inline v0
