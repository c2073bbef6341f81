// The result of the story, as every service reports it, and whether all of them agree.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "deploy/demo/story/cast.h"
#include "libs/fleet/replicas.h"
#include "tonghu/alerts/v1/alert.pb.h"
#include "tonghu/pairing/v1/duty_service.pb.h"

namespace tonghu::demo {

// Duties by their end.
struct DutyTally {
  int done = 0, done_late_reported = 0, excused = 0, missed = 0;
};

// The figures of the whole story.
struct Tally {
  int children = 0;
  DutyTally total;                            // done includes those reported late
  int duties_due = 0;                         // due by now, or done before
  std::map<std::string, DutyTally> by_child;  // by resource name
  std::map<pairing::v1::DutyKind, DutyTally> by_kind;
  int doubts = 0;                         // contacts that look like box-ticking, and that nobody looked into
  std::vector<alerts::v1::Alert> alerts;  // by time raised
  std::map<std::string, int> alerts_by_last_level;
  std::map<std::string, int64_t> journal_events;                  // service → events
  std::map<std::string, std::map<std::string, int64_t>> applied;  // consumer → producer → events
  std::vector<std::string> differences;                           // empty: everything agrees
};

// Reads the figures from all services and compares them. `replicas` are asked for journals and cursors, while
// the system is still quiet.
absl::StatusOr<Tally> Count(client::Client& clients, const Cast& cast, const fleet::Replicas& replicas,
                            absl::Time now);

}  // namespace tonghu::demo
