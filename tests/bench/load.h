// Contacts to be logged, made before the clock starts, and what must be true once they are.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/bench/rig.h"
#include "tonghu/pairing/v1/contact_service.grpc.pb.h"

namespace tonghu::bench {

struct LoadOptions {
  int contacts = 0;       // a multiple of 24
  bool ids = false;       // every caller gives a request id
  bool mixed = false;     // else one talk a child, and each closes a duty
  int batch = 500;        // contacts a call
  bool in_order = false;  // children come by their ids, as performance was first measured; else at random
  uint32_t seed = 1;      // of the order
};

// Mixed: two thirds as many children as contacts; each child's talk, and for
// every other child a call to the parents; the duty of every tenth child is done before. Not thread-safe.
class Load {
 public:
  // Takes the children from the rig, and logs the talks that are to be done before.
  static absl::StatusOr<Load> Make(Rig& rig, const LoadOptions& options);

  const std::vector<tonghu::pairing::v1::BatchCreateContactsRequest>& requests() const { return requests_; }
  int64_t contacts() const { return contacts_; }

  // Logs everything by eight callers. Errors: a call's; DATA_LOSS when a contact was refused.
  absl::Status Log(Rig& rig);
  // Of request `i`, for those who call themselves; different places on different threads.
  void SetAnswer(size_t i, tonghu::pairing::v1::BatchCreateContactsResponse answer) {
    answers_[i] = std::move(answer);
  }

  // What was answered, what is stored and what is counted must be what was sent, each contact once. Once all
  // is applied. Errors: DATA_LOSS.
  absl::Status Check(Rig& rig) const;

 private:
  absl::Status CheckAnswers() const;
  absl::Status CheckStored(Rig& rig) const;
  absl::Status CheckCounts(Rig& rig) const;

  std::vector<tonghu::pairing::v1::BatchCreateContactsRequest> requests_;
  std::vector<tonghu::pairing::v1::BatchCreateContactsResponse> answers_;
  int64_t contacts_ = 0;
  int64_t closing_ = 0;  // how many of them close a duty
  struct Counts {
    int64_t contacts = 0, done = 0;
  };
  static absl::StatusOr<Counts> CountsOf(Rig& rig);
  Counts before_;
};

}  // namespace tonghu::bench
