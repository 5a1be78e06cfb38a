// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <weft/baggage.hpp>
#include <weft/context.hpp>
#include <weft/propagation.hpp>
#include <weft/version.hpp>

// The productions of W3C Baggage, 3.3.1, one function each. None allocates but `decode_value`.

namespace weft::inline v0::w3c {

inline constexpr std::string_view kBaggage = "baggage";

/// Writes the header for these entries, nothing where there are none (null).
void write_baggage(const baggage::Entries* entries, const CarrierWriter& carrier);
/// Replaces the baggage of `context` by what the carrier's headers say, if they say anything.
/// Throws std::bad_alloc, and what the carrier throws, before it changes anything.
void read_baggage(const CarrierReader& carrier, Context& context);

/// What must travel; more may be dropped, member by member. Counts all headers together. (3.3.2)
inline constexpr std::size_t kMaxBaggageMembers = 64;
inline constexpr std::size_t kMaxBaggageSize = 8192;

/// `key = token`, RFC 9110, 5.6.2. Taken literally, never percent-decoded.
bool is_baggage_key(std::string_view text) noexcept;

/// `value = *baggage-octet`, in which every `%` begins an encoded octet.
bool is_baggage_value(std::string_view text) noexcept;

/// Properties, which are one opaque text to us: printable ASCII and tabs without `,`.
bool is_baggage_metadata(std::string_view text) noexcept;

struct BaggageMember {
  std::string_view key;
  std::string_view value;  // still encoded
  std::string_view metadata;
  friend bool operator==(const BaggageMember&, const BaggageMember&) noexcept = default;
};

/// `list-member = key OWS "=" OWS value *( OWS ";" OWS property )`, split at the first `=`, with
/// white space around it allowed; none when it is malformed.
std::optional<BaggageMember> read_baggage_member(std::string_view text) noexcept;

/// The text that a value stands for; U+FFFD for what is not UTF-8. Precondition: is_baggage_value.
std::string decode_value(std::string_view value);

/// Collects the entries of `baggage` headers:
/// `baggage-string = list-member *( OWS "," OWS list-member )`.
class BaggageCollector {
 public:
  /// One header; several are one list.
  void add(std::string_view header);
  std::vector<baggage::Entry> take() noexcept { return std::move(entries_); }

 private:
  void add_member(const BaggageMember& member);

  std::vector<baggage::Entry> entries_;
  std::size_t members_ = 0;
  std::size_t size_ = 0;  // of the members and the commas between them
};

/// A `baggage` header being written, in place.
class BaggageHeader {
 public:
  /// Appends the entry as a member; leaves out one that cannot be sent or does not fit.
  void add(const baggage::Entry& entry) noexcept;
  /// "" when nothing was added.
  std::string_view view() const noexcept { return {text_, size_}; }

 private:
  bool append_member(const baggage::Entry& entry) noexcept;
  bool append_value(std::string_view value) noexcept;
  bool append_metadata(std::string_view metadata) noexcept;
  bool append(std::string_view text) noexcept;
  bool append_encoded(std::string_view bytes) noexcept;

  char text_[kMaxBaggageSize];
  std::size_t size_ = 0;
  std::size_t members_ = 0;
};

}  // namespace weft::inline v0::w3c
