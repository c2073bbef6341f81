#include "tests/bench/fill.h"

#include <fmt/core.h>

#include "libs/division/division.h"
#include "libs/ids/shard.h"

namespace tonghu::bench {
namespace {

constexpr int kShards = 8;
constexpr char kHelper[] = "01990000-0000-7000-8000-000000000001";

// Ids as ids::Source would have given them to things made one after another, twenty a millisecond: `since` is
// that of the first, in milliseconds.
constexpr int64_t kChildrenSince = 1'757'000'000'000, kPairingsSince = 1'757'100'000'000;

// The id of row `n` of `county`, as `type` ("text", "uuid"). No two counties have one in common.
std::string SqlId(int64_t since, const std::string& county, const std::string& type) {
  return fmt::format(
      "regexp_replace(lpad(to_hex({} + n / 20), 12, '0') || lpad(to_hex(n::bigint * 2654435761 % "
      "4294967296), 8, '0'), '(.{{8}})(.{{4}})(.*)', '\\1-\\2-7000-80{}-{}\\3')::{}",
      since, county.substr(0, 2), county.substr(2), type);
}

// Duties' ids are as pairing's DutyId gives them: they begin as the pairing's.
std::string SqlDutyId(const std::string& county, const std::string& type) {
  return fmt::format(
      "(left({}, 13) || regexp_replace(md5('{}' || n), '.{{13}}(.{{3}}).(.{{3}})(.{{12}})', "
      "'-8\\1-8\\2-\\3'))::{}",
      SqlId(kPairingsSince, county, "text"), county, type);
}

std::string SqlTime(absl::Time time) {
  return fmt::format("'{}'::timestamptz", absl::FormatTime(absl::RFC3339_full, time, absl::UTCTimeZone()));
}

// What the columns of ids are made of.
absl::StatusOr<std::string> IdType(postgres::Connection& db) {
  auto rows = db.Run(
      "SELECT format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = 'child'::regclass "
      "AND attname = 'child_id'");
  if (!rows.ok()) return rows.status();
  return rows->String(0, 0);
}

std::string FillCounty(const std::string& county, int shard, int children, absl::Time monday,
                       const std::string& type) {
  const std::string child = SqlId(kChildrenSince, county, type),
                    pairing = SqlId(kPairingsSince, county, type);
  const std::string all = fmt::format("FROM generate_series(0, {}) n", children - 1);
  const std::string begin = SqlTime(monday);
  std::string script = fmt::format(
      "INSERT INTO staff (county, staff_id, display_name) SELECT '{0}', '{1}', '老师' ON CONFLICT DO "
      "NOTHING; "
      "INSERT INTO school (county, school_id, township_code) SELECT '{0}', 'S1', '{0}101' ON CONFLICT DO "
      "NOTHING; ",
      county, kHelper);
  script += fmt::format(
      "INSERT INTO child (county, child_id, school_id, township_code, grade, class_number, care_level) "
      "SELECT '{0}', {1}, 'S1', '{0}101', 1, 1, 1 {2}; ",
      county, child, all);
  script += fmt::format(
      "INSERT INTO pairing (county, pairing_id, shard, line_id, child_id, helper_id, role, basis, owed_from, "
      "start_time, make_time) SELECT '{0}', {1}, {2}, {1}, {3}, '{4}', 1, 1, {5} - interval '30 days', "
      "{5} - interval '30 days', 'infinity' {6}; ",
      county, pairing, shard, child, kHelper, begin, all);
  script += fmt::format(
      "INSERT INTO duty (county, duty_id, shard, line_id, pairing_id, child_id, helper_id, kind, "
      "window_start, window_end, due_time, paired_from, school_id, township_code, grade, class_number) "
      "SELECT '{0}', {1}, {2}, {3}, {3}, {4}, '{5}', 1, {6}, {6} + interval '7 days', {6} + interval '9 "
      "days', "
      "{6} - interval '30 days', 'S1', '{0}101', 1, 1 {7}; ",
      county, SqlDutyId(county, type), shard, pairing, child, kHelper, begin, all);
  return script;
}

}  // namespace

const std::vector<std::string>& Counties() {
  static const auto* counties = [] {
    auto* found = new std::vector<std::string>(kShards);
    for (const auto& division : division::Divisions::Guizhou().AllOf(division::Level::kCounty)) {
      std::string& county = (*found)[ids::ShardOf(division.code, kShards)];
      if (county.empty()) county = division.code;
    }
    return found;
  }();
  return *counties;
}

std::string ChildId(const std::string& county, int number) {
  const std::string time = fmt::format("{:012x}", kChildrenSince + number / 20);
  return fmt::format("{}-{}-7000-80{}-{}{:08x}", time.substr(0, 8), time.substr(8), county.substr(0, 2),
                     county.substr(2), static_cast<uint32_t>(number) * 2'654'435'761u);
}

std::string ChildName(const std::string& county, int number) {
  return fmt::format("counties/{}/children/{}", county, ChildId(county, number));
}

std::string HelperName(const std::string& county) {
  return fmt::format("counties/{}/staffMembers/{}", county, kHelper);
}

absl::Status FillPairing(postgres::Connection& db, int children, absl::Time monday) {
  auto type = IdType(db);
  if (!type.ok()) return type.status();
  for (int shard = 0; shard < kShards; ++shard) {
    absl::Status filled = db.Script(FillCounty(Counties()[shard], shard, children, monday, *type));
    if (!filled.ok()) return filled;
  }
  return db.Script("VACUUM ANALYZE child, pairing, duty");
}

absl::Status SetDueTimes(postgres::Connection& db, const Trickle& trickle) {
  auto type = IdType(db);
  if (!type.ok()) return type.status();
  std::string script;
  for (int shard = 0; shard < kShards; ++shard) {
    script += fmt::format(
        "UPDATE duty SET due_time = {} + ((n - {}) * {} + {}) * interval '{} microseconds' "
        "FROM generate_series({}, {}) n WHERE county = '{}' AND child_id = {}; ",
        SqlTime(trickle.from), trickle.first, kShards, shard, absl::ToInt64Microseconds(trickle.step),
        trickle.first, trickle.first + trickle.count - 1, Counties()[shard],
        SqlId(kChildrenSince, Counties()[shard], *type));
  }
  return db.Script(script);
}

absl::Status ReopenDuties(postgres::Connection& db) {
  absl::Status opened = db.Script("UPDATE duty SET outcome = 0, contact_id = DEFAULT WHERE outcome <> 0");
  if (!opened.ok()) return opened;
  return db.Script("VACUUM ANALYZE duty");
}

absl::Status FillAlerts(postgres::Connection& db, const std::string& county) {
  return db.Script(fmt::format(
      "INSERT INTO school (county, school_id, township_code) VALUES ('{0}', 'S1', '{0}101'); "
      "INSERT INTO staff (county, staff_id, display_name) VALUES ('{0}', '{1}', '老师'); "
      "INSERT INTO post (county, post_id, kind, school_id, grade, class_number, holder_id, holder_name, "
      "deputy_id, deputy_name) SELECT '{0}', p, n, 'S1', 1, 1, '{1}', '老师', '', '' "
      "FROM unnest(ARRAY['class_teacher-S1-1-1', 'school_head-S1', 'township_supervisor-{0}101', "
      "'county_office', 'province_office']) WITH ORDINALITY AS k (p, n); "
      "INSERT INTO child (county, child_id, school_id, township_code, grade, class_number, care_level) "
      "VALUES ('{0}', '{2}', 'S1', '{0}101', 1, 1, 1)",
      county, kHelper, ChildId(county, 1)));
}

}  // namespace tonghu::bench
