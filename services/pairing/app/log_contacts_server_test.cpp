// Contacts of one transaction, in a real PostgreSQL: what one changes the next one sees.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/clock/timestamp.h"
#include "libs/directory/migrations.h"
#include "libs/journal/event_run.h"
#include "libs/journal/migrations.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/targets.h"
#include "services/pairing/app/log_contacts.h"
#include "services/pairing/postgres/migrations.h"
#include "tests/harness/postgres_test.h"
#include "tonghu/pairing/events/v1/pairing_events.pb.h"

namespace tonghu::pairing {
namespace {

using testing::ElementsAre;
using testing::Pair;
using testing::SizeIs;

constexpr char kCounty[] = "520324";

absl::Time On(int month, int day, int hour) {
  return absl::FromCivil(absl::CivilHour(2026, month, day, hour), clock::China());
}

class FixedClock final : public clock::Clock {
 public:
  absl::Time Now() const override { return On(9, 16, 10); }
  bool is_virtual() const override { return true; }
};

std::string Id(const std::string& name) { return ids::Derived(name); }

// Helper h is paired with children c and d. Each owes the weeks w1, w2 and w3 of 31 August, 7 and 14
// September, of which the first two were missed.
class LogContactsTest : public harness::PostgresTest {
 protected:
  void SetUp() override {
    db_ = OpenWith({journal::Migrations(), directory::Migrations(), Migrations()});
    ASSERT_NE(db_, nullptr);
    ASSERT_TRUE(db_->Script("GRANT TRUNCATE ON journal TO CURRENT_USER; TRUNCATE child, pairing, duty, "
                            "duty_policy, judged, contact, journal, journal_head; "
                            "INSERT INTO journal_head VALUES (0, 0)")
                    .ok());
    for (const char* child : {"c", "d"}) ASSERT_NO_FATAL_FAILURE(AddChild(child));
    ASSERT_TRUE(db_->Run("INSERT INTO judged VALUES (0, $1, $2)",
                         postgres::Params().Time(On(9, 16, 9)).Uuid("ffffffff-ffff-ffff-ffff-ffffffffffff"))
                    .ok());
  }

  void AddChild(const std::string& child) {
    const postgres::Params ids = postgres::Params().Uuid(Id(child)).Uuid(Id(child + "p")).Time(On(8, 1, 0));
    for (const char* sql :
         {"INSERT INTO child SELECT '520324', $1, 's', '520324104', 3, 1, 1 FROM (SELECT $2::uuid, "
          "$3::timestamptz) p",
          "INSERT INTO pairing (county, pairing_id, shard, line_id, child_id, helper_id, role, basis, "
          "owed_from, "
          "start_time, make_time) SELECT '520324', $2, 0, $2, $1, 'h', 1, 1, $3, $3, 'infinity'"})
      ASSERT_TRUE(db_->Run(sql, ids).ok()) << sql;
    for (int week = 0; week < 3; ++week) {
      const absl::Time monday = On(8, 31, 0) + absl::Hours(24 * 7 * week);
      auto added = db_->Run(
          "INSERT INTO duty (county, duty_id, shard, line_id, pairing_id, child_id, helper_id, kind, "
          "window_start, window_end, due_time, paired_from, school_id, township_code, grade, class_number) "
          "SELECT '520324', $1, 0, $2, $2, $3, 'h', 1, $4, $4 + interval '7 days', $4 + interval '9 days', "
          "$5, "
          "'s', '520324104', 3, 1",
          postgres::Params()
              .Uuid(Id(absl::StrCat(child, "w", week + 1)))
              .Uuid(Id(child + "p"))
              .Uuid(Id(child))
              .Time(monday)
              .Time(On(8, 1, 0)));
      ASSERT_TRUE(added.ok()) << added.status();
    }
  }

  // One more talk for the next transaction.
  void Talk(const std::string& child, absl::Time happened, const std::string& actor = "actors/a") {
    v1::CreateContactRequest& request = requests_.emplace_back();
    request.mutable_contact()->set_child(absl::StrCat("counties/520324/children/", Id(child)));
    request.mutable_contact()->set_helper("counties/520324/staffMembers/h");
    request.mutable_contact()->set_kind(v1::CONTACT_KIND_TALK);
    clock::SetTime(happened, request.mutable_contact()->mutable_happen_time());
    actors_.push_back(actor);
    replies_.push_back(absl::UnknownError("undecided"));
  }

  // Records the talks; those that are refused have a status as their reply.
  void Record() {
    const std::string county = kCounty;
    std::vector<ContactCommand> commands;
    for (size_t i = 0; i < requests_.size(); ++i)
      commands.push_back(
          {&county, &actors_[i], &requests_[i].request_id(), &check_child_, &requests_[i], &replies_[i]});
    auto transaction = journal::ShardTransaction::Open(*db_, {0, clock_});
    ASSERT_TRUE(transaction.ok()) << transaction.status();
    const absl::Status logged = LogContacts(ids_)(*transaction, commands);
    ASSERT_TRUE(logged.ok()) << logged;
    const absl::Status committed = transaction->Commit();
    ASSERT_TRUE(committed.ok()) << committed;
  }

  void Commit() {
    ASSERT_NO_FATAL_FAILURE(Record());
    for (const auto& reply : replies_) ASSERT_TRUE(reply.ok()) << reply.status();
  }

  // The talks of the next transaction are the ones before with their request ids, changed by `change`.
  void Again(const std::function<void(v1::Contact&)>& change) {
    for (auto& request : requests_) change(*request.mutable_contact());
    for (auto& reply : replies_) reply = absl::UnknownError("undecided");
  }

  // The duty that contact `i` closes, by its answer and as stored: "cw1"; "" is none.
  std::string ClosedBy(size_t i) {
    const std::string contact = replies_[i]->name().substr(replies_[i]->name().rfind('/') + 1);
    auto row = db_->Run(
        "SELECT coalesce(t.closed_duty_ids, ''), coalesce((SELECT duty_id::text FROM duty WHERE "
        "contact_id = "
        "t.contact_id), '') FROM contact t WHERE t.contact_id = $1",
        postgres::Params().Uuid(contact));
    EXPECT_TRUE(row.ok() && row->rows() == 1) << row.status();
    EXPECT_EQ(row->String(0, 0), row->String(0, 1)) << "contact and duty name each other";
    EXPECT_EQ(absl::StrJoin(replies_[i]->closed_duties(), " "),
              row->String(0, 0).empty() ? "" : absl::StrCat("counties/520324/duties/", row->String(0, 0)));
    for (const char* duty : {"cw1", "cw2", "cw3", "dw1", "dw2", "dw3"}) {
      if (row->String(0, 0) == Id(duty)) return duty;
    }
    return row->String(0, 0);
  }

  // Actor and type of each event, in order.
  std::vector<std::pair<std::string, std::string>> Said() {
    auto events = journal::ReadJournal(*db_, {"pairing", 0, 1, 100});
    EXPECT_TRUE(events.ok()) << events.status();
    std::vector<std::pair<std::string, std::string>> said;
    for (const auto& event : *events) said.emplace_back(event.actor, event.type);
    return said;
  }

  std::unique_ptr<postgres::Connection> db_;
  const FixedClock clock_;
  ids::SeededSource ids_{7};
  std::deque<v1::CreateContactRequest> requests_;
  std::deque<std::string> actors_;
  journal::ChildCheck check_child_;  // of every talk
  std::deque<absl::StatusOr<v1::Contact>> replies_;
};

TEST_F(LogContactsTest, EachEventIsItsOwnCallersThoughDecidedTogether) {
  Talk("c", On(9, 15, 9), "actors/a");
  Talk("d", On(9, 1, 9), "actors/b");
  Talk("d", On(9, 15, 9), "actors/a");
  Commit();
  EXPECT_EQ(ClosedBy(0), "cw3");
  EXPECT_EQ(ClosedBy(1), "dw1");
  EXPECT_EQ(ClosedBy(2), "dw3");
  EXPECT_THAT(Said(), ElementsAre(Pair("actors/a", "contact_logged"), Pair("actors/b", "contact_logged"),
                                  Pair("actors/b", "duty_done_late"), Pair("actors/a", "contact_logged")));
}

// Whoever hears of a concern is told which it is, and none of the words.
TEST_F(LogContactsTest, AConcernIsAnEventOfItsOwn) {
  Talk("c", On(9, 15, 9));
  Talk("d", On(9, 15, 9));
  requests_.back().mutable_contact()->set_note("外公病了");
  requests_.back().mutable_contact()->set_mood(v1::MOOD_WITHDRAWN);
  requests_.back().mutable_contact()->add_concerns(v1::CONCERN_GUARDIANSHIP);
  requests_.back().mutable_contact()->add_concerns(v1::CONCERN_MOOD);
  Commit();
  EXPECT_EQ(ClosedBy(1), "dw3");
  auto events = journal::ReadJournal(*db_, {"pairing", 0, 1, 100});
  ASSERT_TRUE(events.ok()) << events.status();
  ASSERT_THAT(*events, SizeIs(3));
  EXPECT_EQ(events->back().type, "concern_raised");
  EXPECT_EQ(events->back().key, Id("d"));
  events::v1::ConcernRaised raised;
  ASSERT_TRUE(raised.ParseFromString(events->back().payload));
  EXPECT_THAT(raised.concerns(), ElementsAre(v1::CONCERN_MOOD, v1::CONCERN_GUARDIANSHIP));
  EXPECT_EQ(raised.helper_id(), "h");
  EXPECT_EQ(raised.happen_micros(), absl::ToUnixMicros(On(9, 15, 9)));
  EXPECT_EQ(raised.place().class_number(), 1);
  EXPECT_THAT(replies_[1]->name(), testing::EndsWith(raised.contact_id()));
  for (const auto& event : *events) EXPECT_THAT(event.payload, testing::Not(testing::HasSubstr("外公")));
}

// The second closes its own week's duty; the third makes up for the first week until the fourth, which
// happened in it, moves it on to the second.
TEST_F(LogContactsTest, WhatAContactOfTheTransactionClosedIsMovedByALaterOne) {
  Talk("d", On(9, 15, 9));
  Talk("c", On(9, 15, 9));
  Talk("c", On(9, 16, 9));
  Talk("c", On(9, 2, 9));
  Commit();
  EXPECT_EQ(ClosedBy(0), "dw3");
  EXPECT_EQ(ClosedBy(1), "cw3");
  EXPECT_EQ(ClosedBy(2), "cw2");
  EXPECT_EQ(ClosedBy(3), "cw1");
  auto made_up = db_->Run("SELECT duty_id::text FROM duty WHERE made_up", postgres::Params());
  ASSERT_TRUE(made_up.ok() && made_up->rows() == 1) << made_up.status();
  EXPECT_EQ(made_up->String(0, 0), Id("cw2"));
}

TEST_F(LogContactsTest, ARepeatGetsTheContactOfItsChildThatItsRequestIdRecorded) {
  const std::string id = Id("request");
  Talk("c", On(9, 15, 9));
  requests_.back().set_request_id(id);
  Commit();
  const v1::Contact first = *replies_[0];
  Again([](v1::Contact&) {});
  Commit();
  EXPECT_EQ(replies_[0]->SerializeAsString(), first.SerializeAsString());
  EXPECT_THAT(Said(), SizeIs(1));

  for (const auto& change : std::vector<std::function<void(v1::Contact&)>>{
           [](v1::Contact& contact) { contact.set_note("另一句"); },
           [](v1::Contact& contact) { contact.set_kind(v1::CONTACT_KIND_HOME_VISIT); },
           [](v1::Contact& contact) { contact.set_mood(v1::MOOD_LOW); },
           [](v1::Contact& contact) { contact.add_concerns(v1::CONCERN_SAFETY); },
           [](v1::Contact& contact) { contact.set_helper("counties/520324/staffMembers/x"); },
           [](v1::Contact& contact) { clock::SetTime(On(9, 14, 9), contact.mutable_happen_time()); }}) {
    const v1::CreateContactRequest before = requests_[0];
    Again(change);
    Record();
    EXPECT_EQ(refusal::Of(replies_[0].status()).reason, "REQUEST_ID_REUSED") << replies_[0].status();
    requests_[0] = before;
  }

  // Of another child, and of none: contacts of their own, decided together with the repeat.
  Again([](v1::Contact&) {});
  Talk("d", On(9, 15, 9));
  requests_.back().set_request_id(id);
  Talk("c", On(9, 16, 9));
  Commit();
  EXPECT_EQ(replies_[0]->name(), first.name());
  EXPECT_EQ(ClosedBy(1), "dw3");
  EXPECT_EQ(ClosedBy(2), "cw1");
  EXPECT_NE(replies_[1]->name(), first.name());
  EXPECT_THAT(Said(), SizeIs(4));
}

// What is known of a child's duties says where the child was then; whether it may be named depends on where
// it is now.
TEST_F(LogContactsTest, AChildIsCheckedByWhereItIsNow) {
  Talk("c", On(9, 1, 9));
  requests_.back().set_request_id(Id("request"));
  Commit();
  ASSERT_TRUE(
      db_->Run("UPDATE child SET class_number = 2 WHERE child_id = $1", postgres::Params().Uuid(Id("c")))
          .ok());
  Talk("c", On(9, 9, 9));  // makes the child's missed duty of another week good
  Talk("d", On(9, 9, 9));
  Talk("x", On(9, 9, 9));
  std::vector<std::string> known;
  check_child_ = [&](const std::string& child, const directory::Place* place) {
    if (place != nullptr) known.push_back(child);
    return place != nullptr && place->class_number == 1 ? absl::OkStatus() : rpc::NotPermitted();
  };
  Record();
  EXPECT_THAT(known, ElementsAre(Id("c"), Id("c"), Id("d")));
  for (const size_t i : {0, 1, 3}) {
    EXPECT_EQ(refusal::Of(replies_[i].status()).reason, "NOT_PERMITTED")
        << i << ": a repeat, a new one, nobody";
  }
  EXPECT_EQ(ClosedBy(2), "dw2");
}

// A later report may move what a contact closes: the repeat is told what is true by now.
TEST_F(LogContactsTest, ARepeatIsToldWhatItsContactClosesByNow) {
  Talk("c", On(9, 15, 9));
  Talk("c", On(9, 16, 9));
  requests_.back().set_request_id(Id("request"));
  Commit();
  EXPECT_EQ(ClosedBy(1), "cw1");
  const v1::CreateContactRequest moved = requests_[1];
  requests_.resize(1);
  replies_.resize(1, absl::UnknownError("undecided"));
  clock::SetTime(On(9, 2, 9), requests_[0].mutable_contact()->mutable_happen_time());
  Commit();
  EXPECT_EQ(ClosedBy(0), "cw1");
  requests_[0] = moved;
  Commit();
  EXPECT_EQ(ClosedBy(0), "cw2");
}

// The windows of two weeks and two weeks have one in common, as terms of two schools may. The second talk can
// only do the first window's duty, which the first talk has; the first can do either.
TEST_F(LogContactsTest, WhereWindowsMayOverlapATalkMovesSoThatMoreIsDone) {
  ASSERT_TRUE(
      db_->Script("INSERT INTO duty_policy VALUES ('520324', 1, '', 0, 0, 1, false, 0, 3, 1, 1, 0, 0, 2, "
                  "2, 172800, 86400)")
          .ok());
  ASSERT_TRUE(db_->Run("DELETE FROM duty WHERE duty_id = $1", postgres::Params().Uuid(Id("cw3"))).ok());
  ASSERT_TRUE(db_->Run("UPDATE duty SET window_end = window_start + interval '14 days' WHERE child_id = $1",
                       postgres::Params().Uuid(Id("c")))
                  .ok());
  Talk("c", On(9, 8, 9));
  Commit();
  EXPECT_EQ(ClosedBy(0), "cw1");
  requests_.clear();
  replies_.clear();
  Talk("c", On(9, 2, 9));
  Commit();
  EXPECT_EQ(ClosedBy(0), "cw1");
  auto closed = db_->Run("SELECT count(*) FROM duty WHERE child_id = $1 AND contact_id IS NOT NULL",
                         postgres::Params().Uuid(Id("c")));
  ASSERT_TRUE(closed.ok()) << closed.status();
  EXPECT_EQ(closed->Int(0, 0), 2);
}

}  // namespace
}  // namespace tonghu::pairing
