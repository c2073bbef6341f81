#include "libs/directory/read_model.h"

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "libs/directory/columns.h"
#include "libs/postgres/keys.h"
#include "libs/status/macros.h"
#include "tonghu/registry/events/v1/registry_events.pb.h"

namespace tonghu::directory {
namespace {

namespace events = tonghu::registry::events::v1;
using postgres::Field;

constexpr size_t kKeyColumns = 2;  // county and id, the first two columns of every table

// The place and care of a child as stored, and as the events say.
constexpr auto kMove =
    postgres::Columns{Field<&Move::county>("k.county"),
                      Field<&Move::child_id>("k.child_id", postgres::kUuid)} +
    PlaceColumns<&Move::before>(kOfChild) +
    PlaceColumns<&Move::after>({"k.school_id", "k.township_code", "k.grade", "k.class_number"}) +
    postgres::Columns{Field<&Move::care_before, &Care::care_level>("c.care_level"),
                      Field<&Move::care_before, &Care::guardianship>("c.guardianship"),
                      Field<&Move::care_after, &Care::care_level>("k.care_level"),
                      Field<&Move::care_after, &Care::guardianship>("k.guardianship")};

void Take(const std::string& county, const events::SchoolPut& put, Facts& facts) {
  facts.schools.push_back({county, put.school_id(), put.township_code()});
}

void Take(const std::string& county, const events::StaffPut& put, Facts& facts) {
  facts.staff.push_back({county, put.staff_id(), put.display_name(), put.school_id(), put.sex(), put.left()});
}

void Take(const std::string& county, const events::PostPut& put, Facts& facts) {
  facts.posts.push_back(
      {county,
       put.post_id(),
       static_cast<PostKind>(put.kind()),
       {.school_id = put.school_id(), .grade = put.grade(), .class_number = put.class_number()},
       {{put.holder_id(), put.holder_name()}, {put.deputy_id(), put.deputy_name()}}});
}

void Take(const std::string& county, const events::ChildPut& put, Facts& facts) {
  facts.children.push_back({county,
                            put.child_id(),
                            {put.school_id(), put.township_code(), put.grade(), put.class_number()},
                            {put.care_level(), put.guardianship_type()},
                            put.sex(),
                            put.boarding()});
}

using Reader = bool (*)(const journal::Event& event, Facts& facts);

template <class Message>
bool Read(const journal::Event& event, Facts& facts) {
  Message put;
  if (!put.ParseFromString(event.payload)) return false;
  Take(event.county, put, facts);
  return true;
}

// The types of events that this read model keeps, and what reads each.
const absl::flat_hash_map<std::string_view, Reader>& Readers() {
  static const absl::flat_hash_map<std::string_view, Reader> kReaders = {
      {"child_put", Read<events::ChildPut>},
      {"post_put", Read<events::PostPut>},
      {"staff_put", Read<events::StaffPut>},
      {"school_put", Read<events::SchoolPut>},
  };
  return kReaders;
}

// The children of whom the facts say another place or care than is stored. A child that is new here has
// not moved.
absl::StatusOr<std::vector<Move>> FindMoves(postgres::Connection& db, absl::Span<const ChildFact> children) {
  // A child may come several times in a batch: the highest number n, its last fact, counts.
  static const std::string sql = absl::StrCat(
      "SELECT DISTINCT ON (k.county, k.child_id) ", kMove.List(), " FROM ", kChild.UnnestNumbered("k"),
      " JOIN child c ON c.county = k.county AND c.child_id = k.child_id "
      "ORDER BY k.county, k.child_id, k.n DESC");
  if (children.empty()) return std::vector<Move>();
  auto moves = kMove.ReadAll(db.Run(sql, kChild.Arrays(children)));
  if (moves.ok())
    std::erase_if(*moves, [](const Move& move) {
      return move.before == move.after && move.care_before == move.care_after;
    });
  return moves;
}

// Stores who is there in `staff`, and who has left in `left_staff`: of several facts about somebody the last
// one counts.
absl::Status StoreStaff(postgres::Connection& db, absl::Span<const StaffFact> facts) {
  static const std::string go = absl::StrCat("DELETE FROM staff s USING ", postgres::kKeys.Unnest("k"),
                                             " WHERE s.county = k.county AND s.staff_id = k.id");
  static const std::string note = absl::StrCat("INSERT INTO left_staff SELECT k.county, k.id FROM ",
                                               postgres::kKeys.Unnest("k"), " ON CONFLICT DO NOTHING");
  static const std::string come = absl::StrCat("DELETE FROM left_staff l USING ", postgres::kKeys.Unnest("k"),
                                               " WHERE l.county = k.county AND l.staff_id = k.id");
  absl::flat_hash_map<postgres::Key, const StaffFact*> last;
  for (const StaffFact& fact : facts) last.insert_or_assign({fact.county, fact.id}, &fact);
  std::vector<StaffFact> there;
  std::vector<postgres::Key> there_keys, left;
  for (const auto& [key, fact] : last) {
    (fact->left ? left : there_keys).push_back(key);
    if (!fact->left) there.push_back(*fact);
  }
  if (!left.empty()) {
    RETURN_IF_ERROR(db.Defer(go, postgres::kKeys.Arrays(left)));
    RETURN_IF_ERROR(db.Defer(note, postgres::kKeys.Arrays(left)));
  }
  if (!there.empty()) RETURN_IF_ERROR(db.Defer(come, postgres::kKeys.Arrays(there_keys)));
  return kStaff.Upsert(db, "staff", kKeyColumns, there);
}

}  // namespace

bool Wants(std::string_view type) { return Readers().contains(type); }

absl::Status Add(const journal::Event& event, Facts& facts) {
  const auto reader = Readers().find(event.type);
  // Other types of the registry's events hold nothing that this read model keeps.
  if (reader == Readers().end() || reader->second(event, facts)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(event.producer, ".", event.shard, ".", event.seq, " is no ", event.type));
}

absl::Status Store(postgres::Connection& db, const Facts& facts) {
  absl::Status stored = kSchool.Upsert(db, "school", kKeyColumns, facts.schools);
  if (stored.ok()) stored = StoreStaff(db, facts.staff);
  if (stored.ok()) stored = kPost.Upsert(db, "post", kKeyColumns, facts.posts);
  if (stored.ok()) stored = kChild.Upsert(db, "child", kKeyColumns, facts.children);
  return stored;
}

absl::StatusOr<std::vector<Move>> StoreAndFindMoves(postgres::Connection& db, const Facts& facts) {
  // Before the facts are stored, since Store overwrites the places before.
  ASSIGN_OR_RETURN(auto moves, FindMoves(db, facts.children));
  RETURN_IF_ERROR(Store(db, facts));
  return moves;
}

}  // namespace tonghu::directory
