// SPDX-License-Identifier: Apache-2.0
// Bytes from a peer, as fields, as attributes and as a collector's replies.
#include "codec/field_reader.hpp"
#include "delivery/printable.hpp"
#include "fuzz/fuzz_target.hpp"
#include "otlp/reply.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weft_fuzz;
  const std::string_view message = text_of(data, size);
  weft::codec::FieldReader reader(message);
  std::size_t read = 0;
  while (const auto field = reader.next()) {
    require(field->offset == read, "fields lie one behind the other");
    read += field->encoded.size();
    require(field->bytes.size() <= field->encoded.size(), "a value lies in its field");
    (void)weft::codec::decode_attribute(field->bytes);
  }
  require(read <= size, "nothing is read beyond the message");
  require(reader.malformed() || read == size, "a good message is read to its end");
  (void)weft::codec::decode_value(message);

  if (const auto partial = weft::otlp::read_response(message)) {
    require(weft::delivery::printable(partial->message).find('\n') == std::string::npos,
            "a peer's text is one line");
  }
  const std::string status = weft::delivery::printable(weft::otlp::read_status_message(message));
  require(status.size() < 4096, "a peer's text is cut");
  return 0;
}
