#include "services/reporting/events/fact_reader.h"

#include <gtest/gtest.h>

#include "libs/clock/clock.h"
#include "libs/clock/timestamp.h"
#include "services/reporting/domain/count.h"

namespace tonghu::reporting {
namespace {

namespace pairing = tonghu::pairing::events::v1;
namespace alerts = tonghu::alerts::events::v1;

constexpr absl::CivilDay kMonday(2026, 9, 7);
constexpr int32_t kMondayNumber = static_cast<int32_t>(kMonday - absl::CivilDay(1970, 1, 1));
const absl::Time kTime = clock::StartOf(kMonday) + absl::Hours(9);

journal::Event Said(const char* producer, const char* type, const google::protobuf::Message& payload) {
  journal::Event event;
  event.producer = producer;
  event.type = type;
  event.county = "520521";
  event.payload = payload.SerializeAsString();
  event.time = kTime;
  return event;
}

template <class Message>
Message Placed() {
  Message message;
  message.mutable_place()->set_school_id("s1");
  message.mutable_place()->set_township_code("520521101");
  return message;
}

template <class Message>
Message OfDuty() {
  auto message = Placed<Message>();
  message.set_duty_window_day(kMondayNumber);
  return message;
}

template <class Message>
Message OfAlert() {
  Message message;
  message.set_school_id("s1");
  message.set_township_code("520521101");
  return message;
}

// What an event counts as, summed; each in the week of kMonday at the school s1.
Counts CountsOf(const journal::Event& event) {
  FactReader reader;
  const auto fact = reader.Read(event);
  EXPECT_TRUE(fact.ok()) << fact.status();
  Counts deltas;
  if (!fact.ok() || !fact->has_value()) return deltas;
  EXPECT_EQ(PlaceOf(**fact).county, "520521");
  EXPECT_EQ(PlaceOf(**fact).township_code, "520521101");
  EXPECT_EQ(PlaceOf(**fact).school_id, "s1");
  const auto counts = Count(**fact);
  EXPECT_TRUE(counts.ok()) << counts.status();
  if (!counts.ok()) return deltas;
  for (const Increment& count : *counts) {
    EXPECT_EQ(count.monday, kMonday);
    deltas.*count.metric += count.delta;
  }
  return deltas;
}

TEST(FactReaderTest, Contacts) {
  auto contact = Placed<pairing::ContactLogged>();
  contact.set_happen_micros(clock::ToMicros(kTime - absl::Hours(24 * 9)));  // its week plays no part
  EXPECT_EQ(CountsOf(Said("pairing", "contact_logged", contact)), (Counts{.contacts = 1}));
  pairing::ClosedDuty& closed = *contact.add_closed_duties();
  closed.set_duty_window_day(kMondayNumber);
  EXPECT_EQ(CountsOf(Said("pairing", "contact_logged", contact)), (Counts{.contacts = 1, .done = 1}));
  closed.set_reported_late(true);
  EXPECT_EQ(CountsOf(Said("pairing", "contact_logged", contact)),
            (Counts{.contacts = 1, .done = 1, .done_late_reported = 1}));
  contact.add_closed_duties()->set_duty_window_day(kMondayNumber);
  EXPECT_EQ(CountsOf(Said("pairing", "contact_logged", contact)),
            (Counts{.contacts = 1, .done = 2, .done_late_reported = 1}))
      << "a visit that is a talk too";
}

TEST(FactReaderTest, DutiesAndPairings) {
  EXPECT_EQ(CountsOf(Said("pairing", "duty_missed", OfDuty<pairing::DutyMissed>())), (Counts{.missed = 1}));
  EXPECT_EQ(CountsOf(Said("pairing", "duty_excused", OfDuty<pairing::DutyExcused>())),
            (Counts{.excused = 1}));
  EXPECT_EQ(CountsOf(Said("pairing", "duty_done_late", OfDuty<pairing::DutyDoneLate>())),
            (Counts{.done_late = 1}));
  EXPECT_EQ(CountsOf(Said("pairing", "pairing_started", Placed<pairing::PairingStarted>())),
            (Counts{.pairings = 1}));
  EXPECT_EQ(CountsOf(Said("pairing", "pairing_ended", Placed<pairing::PairingEnded>())),
            (Counts{.pairings = -1}));
}

TEST(FactReaderTest, ADutyThatChangesMovesFromFigureToFigure) {
  const auto counts = [](int from, int to, bool from_late = false, bool to_late = false) {
    auto changed = OfDuty<pairing::DutyChanged>();
    changed.set_from_state(from);
    changed.set_to_state(to);
    changed.set_from_reported_late(from_late);
    changed.set_to_reported_late(to_late);
    return CountsOf(Said("pairing", "duty_changed", changed));
  };
  EXPECT_EQ(counts(1, 5), (Counts{.missed = 1, .done_late = 1})) << "made up for in its grace";
  EXPECT_EQ(counts(5, 2, false, true),
            (Counts{.done = 1, .done_late_reported = 1, .missed = -1, .done_late = -1}));
  EXPECT_EQ(counts(4, 1), (Counts{.excused = -1})) << "owed again";
  EXPECT_EQ(counts(4, 2), (Counts{.done = 1, .excused = -1}));
  EXPECT_EQ(counts(2, 2, true, false), (Counts{.done = 0, .done_late_reported = -1}));
  FactReader reader;
  auto unknown = OfDuty<pairing::DutyChanged>();
  unknown.set_from_state(6);
  EXPECT_TRUE(absl::IsInvalidArgument(reader.Read(Said("pairing", "duty_changed", unknown)).status()));
}

// A withdrawn contact is taken back in the week of its first report, however much later; a correction counts
// nothing.
TEST(FactReaderTest, ContactsThatChange) {
  auto changed = Placed<pairing::ContactChanged>();
  changed.set_report_micros(clock::ToMicros(kTime));
  FactReader reader;
  EXPECT_EQ(*reader.Read(Said("pairing", "contact_changed", changed)), std::nullopt);
  changed.set_withdrawn(true);
  EXPECT_EQ(CountsOf(Said("pairing", "contact_changed", changed)), (Counts{.contacts = -1}));
  auto missed = OfDuty<pairing::DutyMissed>();
  missed.set_from_state(2);
  missed.set_from_reported_late(true);
  EXPECT_EQ(CountsOf(Said("pairing", "duty_missed", missed)),
            (Counts{.done = -1, .done_late_reported = -1, .missed = 1}));
  missed.set_from_state(5);
  EXPECT_EQ(CountsOf(Said("pairing", "duty_missed", missed)), (Counts{.missed = 0, .done_late = -1}));
  missed.set_from_state(9);
  EXPECT_TRUE(absl::IsInvalidArgument(reader.Read(Said("pairing", "duty_missed", missed)).status()));
  auto late = OfDuty<pairing::DutyDoneLate>();
  late.set_missed_no_more(true);
  EXPECT_EQ(CountsOf(Said("pairing", "duty_done_late", late)), (Counts{.done = 1, .missed = -1}));
}

// A doubt counts beside what it is about, in the weeks of the contact's report and of its duties.
TEST(FactReaderTest, Doubts) {
  auto doubted = Placed<pairing::ContactDoubted>();
  doubted.set_report_micros(clock::ToMicros(kTime));
  doubted.add_duty_window_days(kMondayNumber);
  doubted.add_duty_window_days(kMondayNumber + 2);
  EXPECT_EQ(CountsOf(Said("pairing", "contact_doubted", doubted)),
            (Counts{.contacts_doubtful = 1, .done_doubtful = 2}));
  doubted.set_was_doubtful(true);
  doubted.add_former_duty_window_days(kMondayNumber);
  EXPECT_EQ(CountsOf(Said("pairing", "contact_doubted", doubted)), (Counts{.done_doubtful = 1}))
      << "it does a duty more than before";
  auto ended = Placed<pairing::ContactDoubtEnded>();
  ended.set_report_micros(clock::ToMicros(kTime));
  ended.add_former_duty_window_days(kMondayNumber);
  EXPECT_EQ(CountsOf(Said("pairing", "contact_doubt_ended", ended)),
            (Counts{.contacts_doubtful = -1, .done_doubtful = -1}));
}

TEST(FactReaderTest, Alerts) {
  EXPECT_EQ(CountsOf(Said("alerts", "alert_raised", OfAlert<alerts::AlertRaised>())),
            (Counts{.alerts_raised = 1}));
  EXPECT_EQ(CountsOf(Said("alerts", "alert_acknowledged", OfAlert<alerts::AlertAcknowledged>())),
            (Counts{.alerts_acknowledged = 1}));
  EXPECT_EQ(CountsOf(Said("alerts", "alert_resolved", OfAlert<alerts::AlertResolved>())),
            (Counts{.alerts_resolved = 1}));
}

TEST(FactReaderTest, WhatChangesNoFigureIsPassedOver) {
  const std::pair<const char*, const char*> others[] = {
      {"pairing", "pairing_handed_over"}, {"pairing", "calendar_put"},  {"pairing", "something_new"},
      {"alerts", "alert_escalated"},      {"alerts", "alert_repeated"}, {"registry", "child_put"},
      {"registry", "contact_logged"}};
  for (const auto& [producer, type] : others) {
    EXPECT_EQ(CountsOf(Said(producer, type, Placed<pairing::ContactLogged>())), Counts())
        << producer << " " << type;
  }
}

TEST(FactReaderTest, AWrongPayloadIsRefused) {
  const std::pair<const char*, const char*> types[] = {
      {"pairing", "contact_logged"},    {"pairing", "contact_doubted"}, {"pairing", "contact_doubt_ended"},
      {"pairing", "duty_missed"},       {"pairing", "duty_excused"},    {"pairing", "duty_done_late"},
      {"pairing", "pairing_started"},   {"pairing", "pairing_ended"},   {"alerts", "alert_raised"},
      {"alerts", "alert_acknowledged"}, {"alerts", "alert_resolved"}};
  for (const auto& [producer, type] : types) {
    auto event = Said(producer, type, pairing::ContactLogged());
    event.payload = "\x0a\x7f not that long";
    FactReader reader;
    const absl::Status status = reader.Read(event).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << type << ": " << status;
    event.payload = "";
    const auto empty = reader.Read(event);
    ASSERT_TRUE(empty.ok() && empty->has_value());
    EXPECT_TRUE(absl::IsInvalidArgument(Count(**empty).status()))
        << type << ": an empty message has no school";
  }
}

TEST(FactReaderTest, NothingIsLeftFromTheEventBefore) {
  FactReader reader;
  auto contact = Placed<pairing::ContactLogged>();
  contact.add_closed_duties()->set_duty_window_day(kMondayNumber);
  ASSERT_TRUE(reader.Read(Said("pairing", "contact_logged", contact)).ok());
  contact.clear_closed_duties();
  const journal::Event second = Said("pairing", "contact_logged", contact);
  const auto fact = reader.Read(second);
  ASSERT_TRUE(fact.ok() && fact->has_value());
  EXPECT_TRUE(std::get<ContactLogged>(**fact).closed.empty());
}

}  // namespace
}  // namespace tonghu::reporting
