#include "deploy/demo/story/tally.h"

#include <fmt/core.h>
#include <google/protobuf/util/message_differencer.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/clock/timestamp.h"
#include "tonghu/alerts/v1/alert_service.grpc.pb.h"
#include "tonghu/pairing/v1/doubt_service.grpc.pb.h"
#include "tonghu/pairing/v1/duty_service.grpc.pb.h"
#include "tonghu/reporting/v1/report_service.grpc.pb.h"

namespace tonghu::demo {
namespace {

// Notes a difference between two figures that should be equal.
void Expect(Tally& tally, const std::string& what, int64_t one, int64_t other) {
  if (one != other) tally.differences.push_back(fmt::format("{}: {} and {}", what, one, other));
}

// Adds a duty that is due; false when it should be closed and is not.
bool Add(const pairing::v1::Duty& duty, DutyTally& tally) {
  switch (duty.state()) {
    case pairing::v1::DUTY_STATE_DONE:
      ++tally.done;
      tally.done_late_reported += duty.reported_late();
      return true;
    case pairing::v1::DUTY_STATE_EXCUSED:
      ++tally.excused;
      return true;
    case pairing::v1::DUTY_STATE_MISSED:
    // A duty done late was missed before, and its alert was raised.
    case pairing::v1::DUTY_STATE_DONE_LATE:
      ++tally.missed;
      return true;
    default:
      return false;
  }
}

void AddDuty(Tally& tally, const pairing::v1::Duty& duty) {
  ++tally.duties_due;
  for (DutyTally* one : {&tally.by_child[duty.child()], &tally.by_kind[duty.kind()]}) Add(duty, *one);
  if (!Add(duty, tally.total))
    tally.differences.push_back(fmt::format("{} is past due and still open", duty.name()));
}

absl::Status ReadDuties(client::Client& clients, const School& school, absl::Time now, Tally& tally) {
  pairing::v1::ListDutiesRequest request;
  request.set_parent("counties/" + school.county);
  clock::SetTime(now, request.mutable_window_before());
  request.set_page_size(1000);
  return clients.ForEachPage(&pairing::v1::DutyService::Stub::ListDuties, request, [&](const auto& page) {
    for (const auto& duty : page.duties()) {
      // What is owed still may be done until it is due.
      const bool is_open = duty.state() == pairing::v1::DUTY_STATE_OPEN;
      if (!is_open || clock::ToTime(duty.due_time()) <= now) AddDuty(tally, duty);
    }
  });
}

absl::Status ReadAlerts(client::Client& clients, const School& school, Tally& tally) {
  alerts::v1::ListAlertsRequest request;
  request.set_parent("counties/" + school.county);
  return clients.ForEachPage(&alerts::v1::AlertService::Stub::ListAlerts, request, [&](const auto& page) {
    for (const auto& alert : page.alerts()) {
      tally.alerts.push_back(alert);
      ++tally.alerts_by_last_level[alerts::v1::Level_Name(alert.level()).substr(6)];
    }
  });
}

// Checks that the reports agree with the duties, and with a recomputation from the journals (I8).
absl::Status CheckReports(client::Client& clients, Tally& tally) {
  reporting::v1::WeekCounts sum;
  for (const char* county : {kVillage, kMining}) {
    reporting::v1::QueryCountsRequest request;
    request.set_division(county);
    auto folded = clients.Call(&reporting::v1::ReportService::Stub::QueryCounts, request);
    if (!folded.ok()) return folded.status();
    // As of the same events: what was read since is in the journals too, and may be applied by now.
    *request.mutable_through() = folded->through();
    auto recomputed = clients.Call(&reporting::v1::ReportService::Stub::RecomputeCounts, request);
    if (!recomputed.ok()) return recomputed.status();
    if (!google::protobuf::util::MessageDifferencer::Equals(*folded, *recomputed)) {
      tally.differences.push_back(fmt::format("the report of {} differs from its recomputation", county));
    }
    for (const auto& week : folded->weeks()) {
      sum.set_duties_due(sum.duties_due() + week.duties_due());
      sum.set_done(sum.done() + week.done());
      sum.set_done_late_reported(sum.done_late_reported() + week.done_late_reported());
      sum.set_excused(sum.excused() + week.excused());
      sum.set_missed(sum.missed() + week.missed());
      sum.set_alerts_raised(sum.alerts_raised() + week.alerts_raised());
      sum.set_contacts_doubtful(sum.contacts_doubtful() + week.contacts_doubtful());
    }
  }
  for (const char* county : {kVillage, kMining}) {
    pairing::v1::ListDoubtsRequest doubts;
    doubts.set_parent(absl::StrCat("counties/", county));
    doubts.set_state(pairing::v1::DOUBT_STATE_OPEN);
    absl::Status read = clients.ForEachPage(&pairing::v1::DoubtService::Stub::ListDoubts, doubts,
                                            [&](const auto& page) { tally.doubts += page.doubts_size(); });
    if (!read.ok()) return read;
  }
  Expect(tally, "doubtful contacts: pairing and reporting", tally.doubts, sum.contacts_doubtful());
  Expect(tally, "duties due: pairing and reporting", tally.duties_due, sum.duties_due());
  Expect(tally, "done: pairing and reporting", tally.total.done, sum.done());
  Expect(tally, "done, reported late: pairing and reporting", tally.total.done_late_reported,
         sum.done_late_reported());
  Expect(tally, "excused: pairing and reporting", tally.total.excused, sum.excused());
  Expect(tally, "missed: pairing and reporting", tally.total.missed, sum.missed());
  Expect(tally, "alerts: alerts and reporting", static_cast<int64_t>(tally.alerts.size()),
         sum.alerts_raised());
  return absl::OkStatus();
}

// Checks that every consumer has applied every event of the journals that it consumes.
absl::Status CheckJournals(const fleet::Replicas& replicas, Tally& tally) {
  for (const fleet::ReplicaLook& look : replicas.Ask(absl::Seconds(5))) {
    if (!look.status.ok()) return look.status.status();
    int64_t& head = tally.journal_events[look.service];
    head = 0;
    auto& applied = tally.applied[look.service];
    applied.clear();
    for (const auto& shard : look.status->shards()) {
      head += shard.head_seq();
      for (const auto& cursor : shard.cursors()) applied[cursor.producer()] += cursor.seq();
    }
    if (look.status->quarantined() != 0)
      tally.differences.push_back(
          fmt::format("{} has {} events in quarantine", look.service, look.status->quarantined()));
  }
  for (const auto& [consumer, producers] : tally.applied) {
    for (const auto& [producer, count] : producers) {
      Expect(tally, fmt::format("events of {} and applied by {}", producer, consumer),
             tally.journal_events[producer], count);
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Tally> Count(client::Client& clients, const Cast& cast, const fleet::Replicas& replicas,
                            absl::Time now) {
  Tally tally;
  // Before anything is read: each reading of alerts is an event of its own, which access applies a moment
  // later.
  if (absl::Status checked = CheckJournals(replicas, tally); !checked.ok()) return checked;
  for (const School* school : {&cast.village, &cast.mining}) {
    tally.children += static_cast<int>(school->children.size());
    if (absl::Status read = ReadDuties(clients, *school, now, tally); !read.ok()) return read;
    if (absl::Status read = ReadAlerts(clients, *school, tally); !read.ok()) return read;
  }
  std::sort(tally.alerts.begin(), tally.alerts.end(), [](const auto& a, const auto& b) {
    return std::make_pair(clock::ToTime(a.raise_time()), a.name()) <
           std::make_pair(clock::ToTime(b.raise_time()), b.name());
  });
  Expect(tally, "duties due and done + excused + missed", tally.duties_due,
         tally.total.done + tally.total.excused + tally.total.missed);
  const auto missed_alerts = std::count_if(tally.alerts.begin(), tally.alerts.end(), [](const auto& a) {
    return a.kind() == alerts::v1::ALERT_KIND_DUTY_MISSED;
  });
  Expect(tally, "duties missed and alerts raised for them", tally.total.missed, missed_alerts);
  if (absl::Status checked = CheckReports(clients, tally); !checked.ok()) return checked;
  return tally;
}

}  // namespace tonghu::demo
