#include "services/access/events/audit.h"

#include <gmock/gmock.h>

#include "tonghu/access/v1/audit_service.pb.h"
#include "tonghu/journal/v1/event.pb.h"

namespace tonghu::access {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kMia[] = "0193a000-0000-7000-8000-000000000001",
               kLeo[] = "0193a000-0000-7000-8000-000000000002";

journal::Event EventOf(const char* type, const char* key, const char* actor) {
  journal::Event event;
  event.producer = "registry";
  event.shard = 3;
  event.seq = 42;
  event.type = type;
  event.county = "520521";
  event.key = key;
  event.time = absl::FromUnixSeconds(1'700'000'000);
  event.actor = actor;
  return event;
}

std::vector<AuditRow> RowsOf(const journal::Event& event) {
  std::vector<AuditRow> rows;
  const absl::Status added = AddAudited(event, rows);
  EXPECT_TRUE(added.ok()) << added;
  return rows;
}

TEST(Audit, AReadingHasARowForEachChild) {
  journal::v1::FileRead read;
  read.set_method("ListChildren");
  read.add_child_ids(kMia);
  read.add_child_ids("nobody");
  read.add_child_ids(kLeo);
  read.set_purpose("家访");
  read.set_address("10.0.0.7");
  journal::Event event = EventOf("file_read", "520521", "counties/520521/accounts/a");
  event.payload = read.SerializeAsString();
  const auto rows = RowsOf(event);
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_EQ(rows[0].child_id, kMia);
  EXPECT_EQ(rows[1].child_id, kLeo);
  EXPECT_EQ(rows[1].action, v1::AUDIT_ACTION_READ);
  EXPECT_EQ(rows[1].what, "ListChildren");
  EXPECT_EQ(rows[1].actor, "counties/520521/accounts/a");
  EXPECT_EQ(rows[1].purpose, "家访");
  EXPECT_EQ(rows[1].address, "10.0.0.7");
  EXPECT_EQ(rows[1].seq, 42);
}

TEST(Audit, AStreamNamesNoChild) {
  journal::v1::FileRead read;
  read.set_method("WatchAlerts");
  journal::Event event = EventOf("file_read", "520521", "a");
  event.payload = read.SerializeAsString();
  ASSERT_THAT(RowsOf(event), SizeIs(1));
  EXPECT_EQ(RowsOf(event)[0].child_id, kNoChild);
}

TEST(Audit, RefusedAttemptsHaveARowForEachChildToo) {
  journal::v1::AttemptRefused refused;
  refused.set_method("GetChild");
  refused.add_child_ids(kMia);
  refused.set_address("10.0.0.7");
  refused.set_times(17);
  journal::Event event = EventOf("attempt_refused", kMia, "counties/520521/accounts/a");
  event.payload = refused.SerializeAsString();
  auto rows = RowsOf(event);
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_TRUE(IsAudited("attempt_refused"));
  EXPECT_EQ(rows[0].action, v1::AUDIT_ACTION_REFUSED);
  EXPECT_EQ(rows[0].child_id, kMia);
  EXPECT_EQ(rows[0].what, "GetChild");
  EXPECT_EQ(rows[0].address, "10.0.0.7");
  EXPECT_EQ(rows[0].times, 17);
  refused.clear_child_ids();
  event.payload = refused.SerializeAsString();
  rows = RowsOf(event);
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].child_id, kNoChild);
}

TEST(Audit, OfChangesThoseByPeopleToChildren) {
  ASSERT_THAT(RowsOf(EventOf("child_put", kMia, "a")), SizeIs(1));
  EXPECT_EQ(RowsOf(EventOf("child_put", kMia, "a"))[0].action, v1::AUDIT_ACTION_CHANGED);
  EXPECT_EQ(RowsOf(EventOf("child_put", kMia, "a"))[0].child_id, kMia);
  EXPECT_THAT(RowsOf(EventOf("alert_raised", kMia, "")), IsEmpty()) << "the service by itself";
  EXPECT_THAT(RowsOf(EventOf("alert_raised", "S1", "a")), IsEmpty()) << "about a school";
  EXPECT_THAT(RowsOf(EventOf("contact_logged", kMia, "a")), SizeIs(1)) << "who recorded it, whoever spoke";
  EXPECT_TRUE(IsAudited("contact_logged"));
  EXPECT_FALSE(IsAudited("duty_missed"));
}

TEST(Audit, WhatCantBeReadIsTheEventsFault) {
  journal::Event event = EventOf("file_read", "520521", "a");
  event.payload = "\xff";
  std::vector<AuditRow> rows;
  EXPECT_EQ(AddAudited(event, rows).code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace tonghu::access
