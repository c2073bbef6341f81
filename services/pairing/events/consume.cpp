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
  std::vector<ChildRow> children;
  std::vector<ClassRow> classes;
  std::vector<postgres::Key> staff, schools;
};

void Take(const journal::Event& event, const heard::ChildPut& put, Heard& all) {
  all.children.push_back({event.county(),
                          put.child_id(),
                          {put.school_id(), put.township_code(), put.grade(), put.class_number()}});
}

void Take(const journal::Event& event, const heard::PostPut& put, Heard& all) {
  if (put.kind() != registry::v1::POST_KIND_CLASS_TEACHER) return;
  all.classes.push_back({event.county(), put.school_id(), put.grade(), put.class_number(), put.holder_id()});
}

void Take(const journal::Event& event, const heard::StaffPut& put, Heard& all) {
  all.staff.emplace_back(event.county(), put.staff_id());
}

void Take(const journal::Event& event, const heard::SchoolPut& put, Heard& all) {
  all.schools.emplace_back(event.county(), put.school_id());
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

// Duties that are owed go along with the children; those who changed schools are owed the weeks of the new
// one.
absl::Status PutAndReplan(journal::ShardTransaction& transaction, absl::Span<const ChildRow> children,
                          absl::Span<const postgres::Key> keys) {
  auto moved = MovedSchool(transaction.db(), children);
  if (!moved.ok()) return moved.status();
  if (absl::Status put = PutChildren(transaction.db(), children); !put.ok()) return put;
  if (absl::Status told = MovePlaces(transaction.db(), keys); !told.ok()) return told;
  if (moved->empty()) return absl::OkStatus();
  auto pairings = LoadPairingsOfChildren(transaction.db(), *moved, transaction.now());
  return pairings.ok() ? Replan(transaction, *pairings).status() : pairings.status();
}

}  // namespace

absl::Status Consume(journal::ShardTransaction& transaction, absl::Span<const journal::Event* const> events) {
  Heard all;
  for (const journal::Event* event : events) {
    if (absl::Status read = Read(*event, all); !read.ok()) return read;
  }
  postgres::Connection& db = transaction.db();
  std::vector<postgres::Key> children;
  for (const ChildRow& child : all.children) children.emplace_back(child.county, child.id);
  if (absl::Status put = PutStaff(db, all.staff); !put.ok()) return put;
  if (absl::Status put = PutSchools(db, all.schools); !put.ok()) return put;
  if (absl::Status put = PutClassTeachers(db, all.classes); !put.ok()) return put;
  if (absl::Status put = PutAndReplan(transaction, all.children, children); !put.ok()) return put;
  return FollowClassTeachers(transaction, children, all.classes);
}

}  // namespace tonghu::pairing
