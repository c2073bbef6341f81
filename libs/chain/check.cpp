#include "libs/chain/check.h"

#include <algorithm>
#include <utility>

namespace tonghu::chain {
namespace {

// A row holds 500 events at most (libs/journal/event_run.cpp): so many rows at most can be inserted below one
// that belongs there.
constexpr int64_t kMostEvents = 500;

}  // namespace

bool Check::Follows(const Place& place, const Row& row, std::string_view hash) {
  return row.events > 0 && row.seq - row.events == place.seq && HashAfter(place.hash, row) == hash;
}

void Check::Add(const Row& row, std::string_view hash) {
  if (decided_) return;
  if (Follows(here_, row, hash)) {
    // This row belongs here, so those that came before it do not.
    if (odd_.has_value()) {
      finding_ = Finding{Fault::kInserted, odd_->first, odd_->last};
      decided_ = true;
      return;
    }
    before_ = std::exchange(here_, {row.seq, std::string(hash)});
    return CompareWithKnown();
  }
  if (finding_.has_value()) {
    decided_ = row.seq > here_.seq + kMostEvents;
    return;
  }
  // A row that was inserted with a right hash seemed to follow: the next one shows that it does not belong.
  if (before_.has_value() && Follows(*before_, row, hash)) {
    finding_ = Finding{Fault::kInserted, before_->seq + 1, here_.seq};
    decided_ = true;
    return;
  }
  finding_ = Judge(row, hash);
  odd_ = Finding{Fault::kInserted, row.seq - row.events + 1, row.seq};
}

// What seems to be wrong with a row that does not follow, as long as the next rows do not tell better.
Finding Check::Judge(const Row& row, std::string_view hash) const {
  const int64_t first = row.seq - row.events + 1;
  // With the number of events that fits the row would be right: that number was altered, and nothing is
  // missing.
  Row fitting = row;
  fitting.events = row.seq - here_.seq;
  if (Follows(here_, fitting, hash)) return {Fault::kAltered, here_.seq + 1, row.seq};
  if (first > here_.seq + 1) return {Fault::kMissing, here_.seq + 1, first - 1};
  if (first <= here_.seq) return {Fault::kInserted, first, row.seq};
  return {Fault::kAltered, first, row.seq};
}

void Check::CompareWithKnown() {
  while (!known_.empty() && known_.begin()->first <= here_.seq) {
    const auto& [seq, hash] = *known_.begin();
    // A known head is the end of a row: where no row ends there, the rows were cut anew.
    if (seq != here_.seq || hash != here_.hash) {
      finding_ = Finding{Fault::kRewritten, confirmed_ + 1, seq};
      decided_ = true;
      return;
    }
    confirmed_ = seq;
    known_.erase(known_.begin());
  }
}

std::optional<Finding> Check::End(int64_t head) const {
  // The service moves the head with every row: what stands behind it was written by somebody else.
  if (finding_.has_value() && finding_->first > head)
    return Finding{Fault::kInserted, finding_->first, finding_->last};
  if (finding_.has_value()) return finding_;
  if (here_.seq > head) return Finding{Fault::kInserted, head + 1, here_.seq};
  const int64_t known = known_.empty() ? 0 : known_.rbegin()->first;
  if (here_.seq < std::max(head, known))
    return Finding{Fault::kMissing, here_.seq + 1, std::max(head, known)};
  return std::nullopt;
}

}  // namespace tonghu::chain
