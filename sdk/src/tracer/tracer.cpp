// SPDX-License-Identifier: Apache-2.0
#include <weft/tracer.hpp>

#include <cstring>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "codec/field_reader.hpp"
#include "codec/utf8.hpp"
#include "codec/wire.hpp"
#include "platform/user_exception.hpp"
#include "tracer/core.hpp"
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

std::vector<Attribute> decoded(std::string_view encoded) {
  std::vector<Attribute> attributes;
  codec::FieldReader reader(encoded);
  while (const auto attribute = reader.next()) {
    attributes.push_back(codec::decode_attribute(attribute->bytes));
  }
  return attributes;
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

std::uint16_t add_scope(ThreadData::ScopeEntry& entry, const TelemetryCore& core,
                        const Tracer& tracer) noexcept {
  const bool is_disabled = core.configures_tracers() && !core.allows(tracer);
  try {
    entry.index = core.pool().add_scope(encode_scope(tracer));
  } catch (const std::bad_alloc&) {
    return 0;
  }
  entry.name = tracer.name().data();
  entry.size = tracer.name().size();
  entry.version = tracer.version().data();
  entry.schema_url = tracer.schema_url().data();
  entry.attributes = tracer.encoded_attributes().data();
  entry.epoch = RecordPool::epoch();
  entry.is_disabled = is_disabled;
  return entry.index;
}

bool is_enabled(ThreadData& thread, const TelemetryCore& core, const Tracer& tracer) noexcept {
  ThreadData::ScopeEntry& entry = scope_entry(thread, tracer);
  if (!is_entry_of(entry, tracer)) add_scope(entry, core, tracer);
  return !is_entry_of(entry, tracer) || !entry.is_disabled;
}

bool TelemetryCore::allows(const Tracer& tracer) const noexcept {
  try {
    const Scope scope{std::string(tracer.name()), std::string(tracer.version()),
                      std::string(tracer.schema_url()), decoded(tracer.encoded_attributes())};
    return configuration_.tracer_configurator(scope).enabled;
  } catch (...) {
    count_user_exception("Options::tracer_configurator threw; the tracer is enabled");
    return true;
  }
}

}  // namespace detail

bool Tracer::enabled() const noexcept {
  detail::ThreadData* thread = detail::thread_data();
  if (thread == nullptr) return false;
  const detail::ReadSection section(*thread);
  const detail::TelemetryCore* core = section.core();
  if (core == nullptr) core = detail::TelemetryCore::go_on_in_child();
  return core != nullptr &&
         (!core->configures_tracers() || detail::is_enabled(*thread, *core, *this));
}

}  // namespace weft::inline v0
