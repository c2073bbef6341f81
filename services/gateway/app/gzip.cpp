#include "services/gateway/app/gzip.h"

#include <zlib.h>

#include <algorithm>

#include "services/gateway/app/errors.h"

namespace tonghu::gateway {
namespace {

constexpr int kGzipWindow = 15 + 16;  // zlib: the largest window, with gzip's head
constexpr int kLevel = 2;             // answers are made anew each time: quick counts more than small
constexpr size_t kStep = 64 << 10;

Bytef* Bytes(absl::string_view text) { return reinterpret_cast<Bytef*>(const_cast<char*>(text.data())); }

}  // namespace

std::string Gzip(absl::string_view plain) {
  z_stream stream{};
  deflateInit2(&stream, kLevel, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&stream, plain.size()), '\0');
  stream.next_in = Bytes(plain);
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = Bytes(packed);
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

absl::StatusOr<std::string> Gunzip(absl::string_view packed, size_t most_bytes) {
  // Connect takes zero bytes for a message of zero bytes, compressed or not.
  if (packed.empty()) return std::string();
  z_stream stream{};
  inflateInit2(&stream, kGzipWindow);
  stream.next_in = Bytes(packed);
  stream.avail_in = static_cast<uInt>(packed.size());
  std::string plain;
  int result = Z_OK;
  while (result == Z_OK && plain.size() <= most_bytes) {
    const size_t have = plain.size();
    plain.resize(std::min(have + kStep, most_bytes + 1));
    stream.next_out = Bytes(plain) + have;
    stream.avail_out = static_cast<uInt>(plain.size() - have);
    result = inflate(&stream, Z_NO_FLUSH);
    plain.erase(plain.size() - stream.avail_out);
    if (result == Z_BUF_ERROR || (result == Z_OK && stream.avail_in == 0 && stream.avail_out != 0)) break;
  }
  inflateEnd(&stream);
  if (plain.size() > most_bytes) return TooLarge("a message is longer than the gateway takes", most_bytes);
  if (result != Z_STREAM_END) return absl::InvalidArgumentError("a compressed message can't be read");
  return plain;
}

}  // namespace tonghu::gateway
