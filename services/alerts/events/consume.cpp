#include "services/alerts/events/consume.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "libs/clock/clock.h"
#include "libs/clock/epoch_day.h"
#include "libs/directory/read_model.h"
#include "libs/ids/ids.h"
#include "libs/status/macros.h"
#include "services/alerts/app/alerts.h"
#include "services/alerts/app/attendance.h"
#include "services/alerts/app/notice_operators.h"
#include "services/alerts/app/whispers.h"
#include "tonghu/access/events/v1/access_events.pb.h"
#include "tonghu/api/v1/word.pb.h"
#include "tonghu/pairing/events/v1/pairing_events.pb.h"
#include "tonghu/pairing/v1/contact_service.pb.h"
#include "tonghu/pairing/v1/duty.pb.h"

namespace tonghu::alerts {
namespace {

namespace access = tonghu::access::events::v1;
namespace pairing = tonghu::pairing::events::v1;
namespace pairing_api = tonghu::pairing::v1;

// A batch of events, sorted by use case. The order among kinds of events does not matter: a late or excused
// duty comes behind its own missed one, and all missed ones are applied first; facts of the directory replace
// each other kind by kind.
struct Heard {
  directory::Facts facts;
  std::map<TermKey, TermCalendar> calendars;  // by term; the last one of a term counts
  std::vector<MissedDuty> missed;
  std::vector<LateDuty> late;
  std::vector<ExcusedDuty> excused;
  std::vector<Notice> notices;
  std::vector<BrokenGlass> glass;
  std::vector<SaidConcern> concerns;  // in their order
  std::vector<MissedWhisper> missed_whispers;
  std::vector<LateWhisper> late_whispers;
  std::vector<Coverage> coverage;  // in their order
  std::vector<SaidTerm> terms;     // in their order
};

using clock::DayOfEpoch;

Place PlaceOf(const pairing::Place& place) {
  return {place.school_id(), place.township_code(), place.grade(), place.class_number()};
}

void Take(const journal::Event& event, const pairing::CalendarPut& put, Heard& heard) {
  TermCalendar calendar{.key = {event.county, put.school_id(), put.term()},
                        .first = DayOfEpoch(put.first_day()),
                        .last = DayOfEpoch(put.last_day()),
                        .withdrawn = !put.has_first_day()};
  for (const int32_t day : put.school_days()) {
    if (DayOfEpoch(day) >= calendar.first && DayOfEpoch(day) <= calendar.last)
      calendar.school_days.push_back(DayOfEpoch(day));
  }
  // Each day once: a repeated day would be stored twice by one statement, which PostgreSQL refuses.
  std::sort(calendar.school_days.begin(), calendar.school_days.end());
  calendar.school_days.erase(std::unique(calendar.school_days.begin(), calendar.school_days.end()),
                             calendar.school_days.end());
  // When the calendar was put, not when it is applied here: which mornings are awaited does not depend on
  // lag.
  calendar.put_time = event.time;
  heard.calendars.insert_or_assign(calendar.key, calendar);
}

void Take(const journal::Event& event, const pairing::DutyMissed& missed, Heard& heard) {
  heard.missed.push_back({event.county, missed.duty_id(), missed.duty_kind(), event.key, missed.helper_id(),
                          PlaceOf(missed.place()), DayOfEpoch(missed.duty_window_day()),
                          DayOfEpoch(missed.duty_window_last_day()), missed.due_micros(), missed.reopened()});
}

void Take(const journal::Event& event, const pairing::DutyDoneLate& late, Heard& heard) {
  heard.late.push_back({event.county, late.duty_id(), late.due_micros(), late.reopened(),
                        late.happened_in_time(), late.missed_no_more()});
}

// Only a duty that was missed has an alert.
void Take(const journal::Event& event, const pairing::DutyExcused& excused, Heard& heard) {
  if (excused.was_missed())
    heard.excused.push_back({event.county, excused.duty_id(), excused.due_micros(), excused.reopened()});
}

void Take(const journal::Event& event, const access::GlassBroken& broken, Heard& heard) {
  const std::string until =
      absl::FormatTime("%Y-%m-%d %H:%M", clock::FromMicros(broken.end_micros()), clock::China());
  heard.glass.push_back(
      {event.county, broken.breaking_id(), event.key,
       absl::StrCat("查阅人：", event.actor, "；查阅至：", until, "；理由：", broken.reason())});
}

// Of concern_raised and contact_changed.
template <class Message>
SaidConcern ConcernOf(const journal::Event& event, const Message& said) {
  int bits = 0;
  for (const int concern : said.concerns()) {
    if (concern > 0 && concern <= pairing_api::Concern_MAX) bits |= 1 << concern;
  }
  return {{.county = event.county,
           .contact_id = said.contact_id(),
           .child_id = ids::IsUuid(event.key) ? event.key : "",
           .helper_id = said.helper_id(),
           .happen_time = clock::FromMicros(said.happen_micros()),
           .concerns = bits},
          PlaceOf(said.place())};
}

void Take(const journal::Event& event, const pairing::ConcernRaised& raised, Heard& heard) {
  heard.concerns.push_back(ConcernOf(event, raised));
  heard.concerns.back().row.of_letter = raised.letter();
}

void Take(const journal::Event& event, const pairing::ContactChanged& changed, Heard& heard) {
  SaidConcern said = ConcernOf(event, changed);
  said.row.version = changed.version();
  said.row.withdrawn = changed.withdrawn();
  heard.concerns.push_back(std::move(said));
}

void Take(const journal::Event& event, const pairing::WhisperMissed& missed, Heard& heard) {
  heard.missed_whispers.push_back({event.county, missed.matter_id(), missed.keeper_id(),
                                   PlaceOf(missed.place()), DayOfEpoch(missed.day()),
                                   DayOfEpoch(missed.answer_day())});
}

void Take(const journal::Event& event, const pairing::WhisperDoneLate& late, Heard& heard) {
  heard.late_whispers.push_back({event.county, late.matter_id(), late.happened_in_time()});
}

// What a child lacks, in Chinese. A kind of duty that this release does not know is left out.
std::string WordsOf(const pairing::ChildUncovered& uncovered) {
  std::string kinds;
  for (const int number : uncovered.unowed_kinds()) {
    const auto* kind = pairing_api::DutyKind_descriptor()->FindValueByNumber(number);
    if (kind == nullptr) continue;
    absl::StrAppend(&kinds, kinds.empty() ? "" : "、", kind->options().GetExtension(tonghu::api::v1::word));
  }
  const std::string since =
      absl::FormatTime("%Y-%m-%d", clock::FromMicros(uncovered.since_micros()), clock::China());
  if (uncovered.not_looked_after())
    return absl::StrCat("自", since, "起无人帮扶（未结对，或帮扶人已离岗），请安排结对或移交");
  return absl::StrCat("自", since, "起以下任务无人负责：", kinds, "；请安排负责人，或调整任务规定");
}

void Take(const journal::Event& event, const pairing::ChildUncovered& uncovered, Heard& heard) {
  heard.coverage.push_back({.county = event.county,
                            .child_id = event.key,
                            .place = PlaceOf(uncovered.place()),
                            .time = event.time,
                            .grown = uncovered.grown(),
                            .words = WordsOf(uncovered)});
}

void Take(const journal::Event& event, const pairing::ChildCovered& covered, Heard& heard) {
  heard.coverage.push_back({.county = event.county,
                            .child_id = event.key,
                            .place = PlaceOf(covered.place()),
                            .time = event.time,
                            .covered = true});
}

void Take(const journal::Event& event, const pairing::TermMissing& missing, Heard& heard) {
  heard.terms.push_back(
      {event.county, PlaceOf(missing.place()), event.time, false, DayOfEpoch(missing.first_day())});
}

void Take(const journal::Event& event, const pairing::TermKnown& known, Heard& heard) {
  heard.terms.push_back({event.county, PlaceOf(known.place()), event.time, true, {}});
}

void Take(const journal::Event& event, const journal::OperatorNotice& notice, Heard& heard) {
  heard.notices.push_back({event.county, notice});
}

// Whether the ids of an event can exist. An alert about no child would stay about nobody for ever, so such an
// event goes to quarantine.
template <class Message>
bool HasItsIds(const journal::Event&, const Message&) {
  return true;
}
bool HasItsIds(const journal::Event& event, const pairing::DutyMissed& missed) {
  return ids::IsUuid(missed.duty_id()) && ids::IsUuid(event.key);
}
bool HasItsIds(const journal::Event& event, const pairing::ConcernRaised& raised) {
  // An unsigned letter is about its school.
  const bool of_school = raised.letter() && event.key == raised.place().school_id();
  return ids::IsUuid(raised.contact_id()) && (ids::IsUuid(event.key) || of_school);
}
bool HasItsIds(const journal::Event&, const pairing::WhisperMissed& missed) {
  return ids::IsUuid(missed.matter_id());
}
bool HasItsIds(const journal::Event& event, const pairing::ContactChanged& changed) {
  return ids::IsUuid(changed.contact_id()) && ids::IsUuid(event.key);
}
bool HasItsIds(const journal::Event& event, const pairing::ChildUncovered&) { return ids::IsUuid(event.key); }
bool HasItsIds(const journal::Event& event, const pairing::TermMissing& missing) {
  return !event.key.empty() && event.key == missing.place().school_id();
}
bool HasItsIds(const journal::Event& event, const access::GlassBroken& broken) {
  return ids::IsUuid(broken.breaking_id()) && ids::IsUuid(event.key);
}

using Reader = bool (*)(const journal::Event& event, Heard& heard);

// False for a payload that is no such message, or that names what can't exist.
template <class Message>
bool Read(const journal::Event& event, Heard& heard) {
  Message message;
  if (!message.ParseFromString(event.payload) || !HasItsIds(event, message)) return false;
  Take(event, message, heard);
  return true;
}

const absl::flat_hash_map<std::string, Reader>& Readers() {
  static const absl::flat_hash_map<std::string, Reader> kReaders = {
      {journal::kOperatorNotice, Read<journal::OperatorNotice>},
      {"duty_missed", Read<pairing::DutyMissed>},
      {"duty_done_late", Read<pairing::DutyDoneLate>},
      {"duty_excused", Read<pairing::DutyExcused>},
      {"calendar_put", Read<pairing::CalendarPut>},
      {"contact_changed", Read<pairing::ContactChanged>},
      {"concern_raised", Read<pairing::ConcernRaised>},
      {"child_uncovered", Read<pairing::ChildUncovered>},
      {"child_covered", Read<pairing::ChildCovered>},
      {"term_missing", Read<pairing::TermMissing>},
      {"term_known", Read<pairing::TermKnown>},
      {"glass_broken", Read<access::GlassBroken>},
      {"whisper_missed", Read<pairing::WhisperMissed>},
      {"whisper_done_late", Read<pairing::WhisperDoneLate>},
  };
  return kReaders;
}

absl::Status Apply(journal::ShardTransaction& transaction, const Context& context, Heard heard) {
  std::vector<TermCalendar> calendars;
  for (auto& [term, calendar] : heard.calendars) calendars.push_back(std::move(calendar));
  // Facts first, so that alerts of the same batch find the people whom they tell.
  absl::Status applied = directory::Store(transaction.db(), heard.facts);
  if (applied.ok()) applied = KeepCalendars(transaction, context, calendars);
  if (applied.ok()) applied = RaiseMissedDuties(transaction, context, heard.missed);
  if (applied.ok()) applied = SettleLateDuties(transaction, context, heard.late);
  if (applied.ok()) applied = SettleExcusedDuties(transaction, context, heard.excused);
  if (applied.ok()) applied = TakeConcerns(transaction, context, heard.concerns);
  if (applied.ok()) applied = RaiseMissedWhispers(transaction, context, heard.missed_whispers);
  if (applied.ok()) applied = SettleLateWhispers(transaction, context, heard.late_whispers);
  if (applied.ok()) applied = TakeCoverage(transaction, context, heard.coverage);
  if (applied.ok()) applied = TakeTerms(transaction, context, heard.terms);
  if (applied.ok()) applied = RaiseBrokenGlass(transaction, context, heard.glass);
  if (applied.ok()) applied = NoticeOperators(transaction, context, heard.notices);
  return applied;
}

}  // namespace

bool Wants(std::string_view type) { return directory::Wants(type) || Readers().contains(std::string(type)); }

absl::Status Consume(journal::ShardTransaction& transaction, const Context& context,
                     absl::Span<const journal::Event* const> events) {
  Heard heard;
  for (const journal::Event* event : events) {
    RETURN_IF_ERROR(directory::Add(*event, heard.facts));
    const auto reader = Readers().find(event->type);
    if (reader == Readers().end()) continue;
    if (!reader->second(*event, heard)) {
      return absl::InvalidArgumentError(
          absl::StrCat(event->producer, ".", event->shard, ".", event->seq, " is no ", event->type));
    }
  }
  return Apply(transaction, context, std::move(heard));
}

}  // namespace tonghu::alerts
