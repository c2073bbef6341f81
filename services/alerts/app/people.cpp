#include "services/alerts/app/people.h"

#include <vector>

#include "absl/strings/str_cat.h"

namespace tonghu::alerts {
namespace {

constexpr Level kPosts[] = {Level::kClassTeacher, Level::kSchoolHead, Level::kTownshipSupervisor,
                            Level::kCountyOffice, Level::kProvinceOffice};

KeyColumns Columns(const absl::flat_hash_set<Key>& keys) {
  KeyColumns columns;
  for (const Key& key : keys) columns.Add(key.first, key.second);
  return columns;
}

}  // namespace

void PeopleNeeded::Add(const std::string& county, const Place& place, std::string_view helper_id) {
  if (!helper_id.empty()) staff_.emplace(county, helper_id);
  const std::string seen = absl::StrCat(county, "/", place.school_id, "/", place.township_code, "/",
                                        place.grade, "/", place.class_number);
  if (!places_.insert(seen).second) return;
  counties_.insert(county);
  for (const Level level : kPosts) posts_.emplace(county, PostIdAt(level, place));
}

absl::StatusOr<People> PeopleNeeded::Load(postgres::Connection& db) const {
  People people;
  if (counties_.empty()) return people;
  if (absl::Status posts = LoadPosts(db, Columns(posts_), people.directories); !posts.ok()) return posts;
  if (absl::Status staff = LoadStaff(db, Columns(staff_), people.directories); !staff.ok()) return staff;
  auto policies = LoadPolicies(db, std::vector<std::string>(counties_.begin(), counties_.end()));
  if (!policies.ok()) return policies.status();
  people.policies = *std::move(policies);
  return people;
}

const Directory& People::In(const std::string& county) const {
  static const Directory kNobody;
  const auto found = directories.find(county);
  return found == directories.end() ? kNobody : found->second;
}

}  // namespace tonghu::alerts
