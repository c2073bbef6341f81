// Random bytes and the texts made of them, which nobody can guess.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tonghu::access {

// A source of random bytes that tests can replace. Thread-safe.
class Random {
 public:
  virtual ~Random() = default;
  virtual std::string Bytes(size_t count) = 0;
};

// The kernel's random bytes, by libsodium.
class SystemRandom final : public Random {
 public:
  std::string Bytes(size_t count) override;
};

// A token of 32 random bytes in URL-safe Base64: 43 characters.
std::string NewToken(Random& random);

// A code to be typed from paper: groups of four of 30 capitals and digits, none of which looks like another
// ("K7QM-3XRT-…"). A character has almost five bits.
std::string NewCode(Random& random, int groups);

// A typed code as NewCode spelt it: capitals, without blanks and hyphens.
std::string Typed(std::string_view code);

// The SHA-256 of a text, as bytes. For texts of 32 random bytes, which no dictionary has.
std::string Sha256(std::string_view text);

}  // namespace tonghu::access
