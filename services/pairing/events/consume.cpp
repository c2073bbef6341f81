#include "services/pairing/events/consume.h"

#include "absl/strings/str_cat.h"
#include "services/pairing/app/lines.h"
#include "services/pairing/app/plan_duties.h"
#include "services/pairing/postgres/duty_store.h"
#include "services/pairing/postgres/pairing_store.h"
#include "tonghu/registry/events/v1/registry_events.pb.h"
#include "tonghu/registry/v1/directory.pb.h"

namespace tonghu::pairing {
namespace {

namespace heard = tonghu::registry::events::v1;

absl::Status Unreadable(const journal::Event& event) {
  return absl::InvalidArgumentError(absl::StrCat("the payload of ", event.type(), " can't be read"));
}

// What a run of events says.
struct Heard {
  ChildRows children;
  ClassRows classes;
  std::vector<std::string> staff_counties, staff, school_counties, schools;
};

void Take(const journal::Event& event, const heard::ChildPut& put, Heard& all) {
  all.children.counties.push_back(event.county());
  all.children.ids.push_back(put.child_id());
  all.children.schools.push_back(put.school_id());
  all.children.townships.push_back(put.township_code());
  all.children.grades.push_back(put.grade());
  all.children.classes.push_back(put.class_number());
}

void Take(const journal::Event& event, const heard::PostPut& put, Heard& all) {
  if (put.kind() != registry::v1::POST_KIND_CLASS_TEACHER) return;
  all.classes.counties.push_back(event.county());
  all.classes.schools.push_back(put.school_id());
  all.classes.grades.push_back(put.grade());
  all.classes.classes.push_back(put.class_number());
  all.classes.holders.push_back(put.holder_id());
}

void Take(const journal::Event& event, const heard::StaffPut& put, Heard& all) {
  all.staff_counties.push_back(event.county());
  all.staff.push_back(put.staff_id());
}

void Take(const journal::Event& event, const heard::SchoolPut& put, Heard& all) {
  all.school_counties.push_back(event.county());
  all.schools.push_back(put.school_id());
}

template <class Message>
absl::Status Read(const journal::Event& event, Heard& all) {
  Message put;
  if (!put.ParseFromString(event.payload())) return Unreadable(event);
  Take(event, put, all);
  return absl::OkStatus();
}

absl::Status Read(const journal::Event& event, Heard& all) {
  if (event.type() == "child_put") return Read<heard::ChildPut>(event, all);
  if (event.type() == "post_put") return Read<heard::PostPut>(event, all);
  if (event.type() == "staff_put") return Read<heard::StaffPut>(event, all);
  if (event.type() == "school_put") return Read<heard::SchoolPut>(event, all);
  return absl::OkStatus();
}

// Children who changed schools are owed the weeks of the new one.
absl::Status PutAndReplan(journal::ShardTransaction& transaction, const ChildRows& rows) {
  auto moved = MovedSchool(transaction.db(), rows);
  if (!moved.ok()) return moved.status();
  if (absl::Status put = PutChildren(transaction.db(), rows); !put.ok()) return put;
  if (moved->empty()) return absl::OkStatus();
  std::vector<std::string> counties, children;
  for (int64_t i : *moved) {
    counties.push_back(rows.counties[i]);
    children.push_back(rows.ids[i]);
  }
  auto pairings = LoadPairingsOfChildren(transaction.db(), counties, children, transaction.now());
  return pairings.ok() ? Replan(transaction, *pairings).status() : pairings.status();
}

}  // namespace

absl::Status Consume(journal::ShardTransaction& transaction, absl::Span<const journal::Event* const> events) {
  Heard all;
  for (const journal::Event* event : events) {
    if (absl::Status read = Read(*event, all); !read.ok()) return read;
  }
  postgres::Connection& db = transaction.db();
  if (absl::Status put = PutStaff(db, all.staff_counties, all.staff); !put.ok()) return put;
  if (absl::Status put = PutSchools(db, all.school_counties, all.schools); !put.ok()) return put;
  if (absl::Status put = PutClassTeachers(db, all.classes); !put.ok()) return put;
  if (absl::Status put = PutAndReplan(transaction, all.children); !put.ok()) return put;
  return FollowClassTeachers(transaction, all.children.counties, all.children.ids, all.classes);
}

}  // namespace tonghu::pairing
