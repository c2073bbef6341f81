#include "tests/fault/province.h"

#include <fmt/core.h>

#include <map>
#include <set>
#include <sstream>

#include "deploy/demo/roster_generator.h"
#include "libs/client/import.h"
#include "libs/fleet/quiet.h"
#include "libs/postgres/connection.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/server.h"
#include "tests/fault/caller.h"

namespace tonghu::fault {
namespace {

const absl::Time kStart = absl::FromCivil(absl::CivilHour(2026, 8, 31, 8), clock::China());
constexpr uint64_t kRosterSeed = 7;

absl::Status Import(const std::shared_ptr<grpc::Channel>& channel, const std::string& county,
                    registry::v1::RosterKind kind, const std::string& csv) {
  registry::v1::ImportHeader header;
  header.set_parent("counties/" + county);
  header.set_kind(kind);
  std::istringstream rows(csv);
  const auto response = client::ImportRoster(channel, header, rows, client::Once(absl::Seconds(60)));
  if (!response.ok()) return response.status();
  if (response->error_count() == 0) return absl::OkStatus();
  return absl::InvalidArgumentError(
      fmt::format("row {}: {}", response->errors(0).row(), response->errors(0).reason()));
}

// Schools of equal size, each in a township of its own.
absl::StatusOr<demo::CountyPlan> PlanOf(const std::string& county, int schools, int children) {
  auto plan = demo::LargeCounty(county, children);
  if (!plan.ok() || schools == 1) return plan;
  const demo::SchoolPlan pattern = plan->schools.front();
  plan->schools.clear();
  for (int i = 0; i < schools; ++i) {
    demo::SchoolPlan school = pattern;
    school.school.code = fmt::format("{}{}", pattern.school.code.substr(0, 9), i + 1);
    school.school.name = fmt::format("{}分校{}", pattern.school.name, i + 1);
    school.school.township = plan->townships[i % plan->townships.size()];
    school.boys = children / schools / 2;
    school.girls = children / schools - school.boys;
    school.guardians = {.grandparents = children / schools};
    plan->schools.push_back(std::move(school));
  }
  return plan;
}

registry::v1::Post PostOf(const std::string& county, const demo::Post& held) {
  registry::v1::Post post;
  const auto member = [&](const std::string& number) {
    return number.empty() ? "" : fmt::format("{}/staffMembers/{}", county, number);
  };
  post.set_holder(member(held.number));
  post.set_deputy(member(held.deputy));
  std::string id = held.title == "省平台值班" ? "province_office" : "county_office";
  post.set_kind(held.title == "省平台值班" ? registry::v1::POST_KIND_PROVINCE_OFFICE
                                           : registry::v1::POST_KIND_COUNTY_OFFICE);
  if (held.grade > 0) {
    id = fmt::format("class_teacher-{}-{}-{}", held.school, held.grade, held.class_number);
    post.set_kind(registry::v1::POST_KIND_CLASS_TEACHER);
    post.set_grade(held.grade);
    post.set_class_number(held.class_number);
  } else if (!held.school.empty()) {
    id = "school_head-" + held.school;
    post.set_kind(registry::v1::POST_KIND_SCHOOL_HEAD);
  } else if (!held.township.empty()) {
    id = "township_supervisor-" + held.township;
    post.set_kind(registry::v1::POST_KIND_TOWNSHIP_SUPERVISOR);
    post.set_township_code(held.township);
  }
  if (!held.school.empty()) post.set_school(fmt::format("{}/schools/{}", county, held.school));
  post.set_name(fmt::format("{}/posts/{}", county, id));
  return post;
}

}  // namespace

absl::Status Province::LogOrder() const {
  for (const char* service : {"pairing", "alerts"}) {
    absl::Status made = Script(service, R"sql(
        CREATE TABLE order_log (n bigserial, county text, child_id text, class_number integer);
        CREATE FUNCTION log_order() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          INSERT INTO order_log (county, child_id, class_number) VALUES (NEW.county, NEW.child_id, NEW.class_number);
          RETURN NULL;
        END $$;
        CREATE TRIGGER log_order AFTER UPDATE ON child FOR EACH ROW EXECUTE FUNCTION log_order())sql");
    if (!made.ok()) return made;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Province>> Province::Up(Options options) {
  std::unique_ptr<Province> province(new Province(std::move(options)));
  auto stack = harness::Stack::Up({.replicas = province->options_.replicas,
                                   .start = kStart,
                                   .environment = province->options_.environment});
  if (!stack.ok()) return stack.status();
  province->stack_ = std::move(*stack);
  province->clients_ = std::make_unique<client::Client>(province->stack_->endpoints(), Patient());
  province->registry_ = province->stack_->Channel("registry");
  for (const std::string& county : province->counties()) {
    if (absl::Status imported = province->ImportCounty(county); !imported.ok()) return imported;
  }
  if (absl::Status quiet = province->Quiet(); !quiet.ok()) return quiet;
  if (province->options_.before_pairing) {
    if (absl::Status done = province->options_.before_pairing(*province); !done.ok()) return done;
  }
  for (const std::string& county : province->counties()) {
    if (absl::Status paired = province->PairCounty(county); !paired.ok()) return paired;
  }
  if (absl::Status quiet = province->Quiet(); !quiet.ok()) return quiet;
  return province;
}

absl::Status Province::ImportCounty(const std::string& county) {
  auto plan = PlanOf(county, options_.schools, options_.children);
  if (!plan.ok()) return plan.status();
  demo::RosterGenerator generator(kRosterSeed);
  const demo::Roster roster = generator.Make(*plan);
  if (absl::Status done =
          Import(registry_, county, registry::v1::ROSTER_KIND_SCHOOLS, demo::SchoolsCsv(roster));
      !done.ok())
    return done;
  if (absl::Status done = Import(registry_, county, registry::v1::ROSTER_KIND_STAFF, demo::StaffCsv(roster));
      !done.ok())
    return done;
  if (absl::Status done =
          Import(registry_, county, registry::v1::ROSTER_KIND_CHILDREN, demo::ChildrenCsv(roster));
      !done.ok())
    return done;
  return LogRoster(roster);
}

absl::Status Province::LogRoster(const demo::Roster& roster) {
  const std::string county = "counties/" + roster.county;
  const auto say = [&](model::What what) { log_.Add({stack_->clock().Now(), std::move(what)}); };
  for (const demo::School& school : roster.schools)
    say(model::SchoolPut{fmt::format("{}/schools/{}", county, school.code), school.township});
  for (const demo::Post& held : roster.posts) {
    registry::v1::Post post = PostOf(county, held);
    say(model::PostPut{post.name(), post.holder(), post.deputy()});
    posts_[post.name()] = std::move(post);
  }
  auto known = Children(*clients_, county);
  if (!known.ok()) return known.status();
  std::map<std::string, std::string> names;  // by identity number
  for (const auto& child : *known) names[child.identity_number()] = child.name();
  for (const demo::Child& child : roster.children) {
    const std::string school = fmt::format("{}/schools/{}", county, child.school);
    say(model::ChildPlaced{names[child.id_number], school, child.grade, child.class_number});
    const std::string post =
        fmt::format("{}/posts/class_teacher-{}-{}-{}", county, child.school, child.grade, child.class_number);
    paired_.push_back({roster.county,
                       names[child.id_number],
                       posts_[post].holder(),
                       school,
                       child.grade,
                       child.class_number,
                       {}});
  }
  return absl::OkStatus();
}

absl::Status Province::PairCounty(const std::string& county) {
  Caller office(*clients_, stack_->clock(), log_, "office-" + county);
  std::set<std::string> schools;
  for (const Paired& one : paired_) {
    if (one.county == county) schools.insert(one.school);
  }
  for (const std::string& school : schools) {
    absl::Status put = office.Put(model::CalendarPut{.school = school,
                                                     .term = "2026-autumn",
                                                     .first = absl::CivilDay(2026, 9, 1),
                                                     .last = absl::CivilDay(2027, 1, 15)});
    if (!put.ok()) return put;
  }
  for (Paired& one : paired_) {
    if (one.county != county) continue;
    auto made = office.Pair(one.child, one.helper, pairing::v1::PAIRING_ROLE_CLASS_TEACHER);
    if (!made.ok()) return made.status();
    one.pairing = *made;
  }
  return absl::OkStatus();
}

absl::Status Province::MoveClock(absl::Time to, absl::Duration patience,
                                 const std::function<void()>& meanwhile) {
  if (absl::Status quiet = Quiet(patience); !quiet.ok()) return quiet;
  if (absl::Status moved = stack_->clock().AdvanceTo(to); !moved.ok()) return moved;
  log_.Add({to, model::ClockMoved()});
  if (meanwhile) meanwhile();
  return Quiet(patience);
}

absl::Status Province::Quiet(absl::Duration patience) const {
  return fleet::Quiet(stack_->endpoints()).Wait(stack_->clock().Now(), patience);
}

absl::StatusOr<int64_t> Province::Number(const std::string& service, const std::string& sql) const {
  auto db = postgres::Connection::Open(stack_->Conninfo("tonghu_" + service));
  if (!db.ok()) return db.status();
  auto rows = (*db)->Run(sql);
  if (!rows.ok()) return rows.status();
  return rows->Int(0, 0);
}

absl::Status Province::Script(const std::string& service, const std::string& sql) const {
  auto db = postgres::Connection::Open(stack_->Conninfo("tonghu_" + service));
  return db.ok() ? (*db)->Script(sql) : db.status();
}

}  // namespace tonghu::fault
