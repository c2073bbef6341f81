// Finds what was done to a journal behind its service's back.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "libs/chain/chain.h"

namespace tonghu::chain {

enum class Fault {
  kAltered,    // the row of these positions does not follow from the row before: it, or that one's hash, was
               // altered
  kMissing,    // no row has these positions
  kInserted,   // the row of these positions is none of the chain's
  kRewritten,  // every row follows, and yet the last of these positions has not the hash that is known of it
};

// What is wrong, and the positions it is about.
struct Finding {
  Fault fault;
  int64_t first, last;
  friend bool operator==(const Finding&, const Finding&) = default;
};

// Follows the chain of one shard. Not thread-safe.
class Check {
 public:
  // `known`: hashes of rows by position that are known from elsewhere, as signed heads.
  explicit Check(std::map<int64_t, std::string> known = {}) : known_(std::move(known)) {}

  // Takes the next row, in the order of positions, with the hash that it carries.
  void Add(const Row& row, std::string_view hash);
  // Whether the finding stands, so that further rows tell nothing more.
  bool decided() const { return decided_; }
  // The position of the last row that follows.
  int64_t seq() const { return here_.seq; }
  // After the last row; `head` is the position that the journal says it ends at. None: nothing is wrong.
  std::optional<Finding> End(int64_t head) const;

 private:
  struct Place {
    int64_t seq = 0;
    std::string hash = Beginning();
  };
  static bool Follows(const Place& place, const Row& row, std::string_view hash);
  Finding Judge(const Row& row, std::string_view hash) const;
  void CompareWithKnown();

  std::map<int64_t, std::string> known_;  // those not yet reached
  int64_t confirmed_ = 0;                 // the last of those that was as it is known
  Place here_;                            // the last row that follows, and
  std::optional<Place> before_;           // the one before
  std::optional<Finding> finding_;
  std::optional<Finding> odd_;  // the positions of the row that gave rise to the finding
  bool decided_ = false;
};

}  // namespace tonghu::chain
