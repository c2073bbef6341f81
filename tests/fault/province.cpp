#include "tests/fault/province.h"

#include <fmt/core.h>

#include <map>

#include "deploy/demo/roster_generator.h"
#include "libs/postgres/connection.h"
#include "tonghu/registry/v1/import_service.grpc.pb.h"

namespace tonghu::fault {
namespace {

const absl::Time kStart = absl::FromCivil(absl::CivilHour(2026, 8, 31, 8), clock::China());
constexpr uint64_t kRosterSeed = 7;

absl::Status Import(const std::shared_ptr<grpc::Channel>& channel, const std::string& county,
                    registry::v1::RosterKind kind, const std::string& csv) {
  auto stub = registry::v1::ImportService::NewStub(channel);
  auto context = rpc::WithDeadline(absl::Seconds(60));
  registry::v1::ImportRosterResponse response;
  auto writer = stub->ImportRoster(context.get(), &response);
  registry::v1::ImportRosterRequest header;
  header.mutable_header()->set_parent("counties/" + county);
  header.mutable_header()->set_kind(kind);
  header.mutable_header()->set_size_bytes(static_cast<int64_t>(csv.size()));
  bool sent = writer->Write(header);
  for (size_t at = 0; sent && at < csv.size(); at += 1 << 19) {
    registry::v1::ImportRosterRequest chunk;
    chunk.set_chunk(csv.substr(at, 1 << 19));
    sent = writer->Write(chunk);
  }
  writer->WritesDone();
  if (grpc::Status done = writer->Finish(); !done.ok()) return rpc::FromGrpc(done);
  if (response.error_count() == 0) return absl::OkStatus();
  return absl::InvalidArgumentError(
      fmt::format("row {}: {}", response.errors(0).row(), response.errors(0).reason()));
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

absl::StatusOr<std::unique_ptr<Province>> Province::Up(int replicas, int children,
                                                       std::map<std::string, std::string> environment) {
  std::unique_ptr<Province> province(new Province);
  auto stack =
      harness::Stack::Up({.replicas = replicas, .start = kStart, .environment = std::move(environment)});
  if (!stack.ok()) return stack.status();
  province->stack_ = std::move(*stack);
  auto endpoints = tonghuctl::ReadEndpoints(province->stack_->state() + "/run/endpoints.json");
  if (!endpoints.ok()) return endpoints.status();
  province->endpoints_ = *endpoints;
  auto clients = demo::Connect(*endpoints);
  if (!clients.ok()) return clients.status();
  province->clients_ = std::move(*clients);
  province->registry_ = province->stack_->Channel("registry");
  province->counties_ = {"520324", "520203"};
  for (const std::string& county : province->counties_) {
    if (absl::Status imported = province->ImportCounty(county, children); !imported.ok()) return imported;
  }
  if (absl::Status quiet = province->Quiet(); !quiet.ok()) return quiet;
  for (const std::string& county : province->counties_) {
    if (absl::Status paired = province->PairCounty(county); !paired.ok()) return paired;
  }
  if (absl::Status quiet = province->Quiet(); !quiet.ok()) return quiet;
  return province;
}

absl::Status Province::ImportCounty(const std::string& county, int children) {
  auto plan = demo::LargeCounty(county, children);
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
  return Import(registry_, county, registry::v1::ROSTER_KIND_CHILDREN, demo::ChildrenCsv(roster));
}

absl::Status Province::PairCounty(const std::string& county) {
  std::map<std::string, std::string> teachers;  // post → holder
  registry::v1::ListPostsRequest posts;
  posts.set_parent("counties/" + county);
  absl::Status read = demo::CallPages(*clients_.directory, &registry::v1::DirectoryService::Stub::ListPosts,
                                      posts, [&](const auto& page) {
                                        for (const auto& post : page.posts())
                                          teachers[post.name()] = post.holder();
                                      });
  if (!read.ok()) return read;
  registry::v1::ListChildrenRequest children;
  children.set_parent("counties/" + county);
  read = demo::CallPages(
      *clients_.children, &registry::v1::ChildService::Stub::ListChildren, children, [&](const auto& page) {
        for (const auto& child : page.children()) {
          const std::string school = child.school().substr(child.school().rfind('/') + 1);
          paired_.push_back({county, child.name(),
                             teachers[fmt::format("counties/{}/posts/class_teacher-{}-{}-{}", county, school,
                                                  child.grade(), child.class_number())]});
        }
      });
  if (!read.ok()) return read;
  registry::v1::ListSchoolsRequest schools;
  schools.set_parent("counties/" + county);
  auto listed = demo::Call(*clients_.directory, &registry::v1::DirectoryService::Stub::ListSchools, schools);
  if (!listed.ok()) return listed.status();
  for (const auto& school : listed->schools()) {
    pairing::v1::PutSchoolCalendarRequest calendar;
    calendar.mutable_calendar()->set_school(school.name());
    calendar.mutable_calendar()->set_first_day("2026-09-01");
    calendar.mutable_calendar()->set_last_day("2027-01-15");
    auto put =
        demo::Call(*clients_.calendars, &pairing::v1::CalendarService::Stub::PutSchoolCalendar, calendar);
    if (!put.ok()) return put.status();
  }
  for (const Paired& one : paired_) {
    if (one.county != county) continue;
    pairing::v1::CreatePairingRequest request;
    request.set_parent("counties/" + county);
    request.mutable_pairing()->set_child(one.child);
    request.mutable_pairing()->set_helper(one.helper);
    request.mutable_pairing()->set_role(pairing::v1::PAIRING_ROLE_CLASS_TEACHER);
    if (auto made =
            demo::Call(*clients_.pairings, &pairing::v1::PairingService::Stub::CreatePairing, request);
        !made.ok())
      return made.status();
  }
  return absl::OkStatus();
}

absl::Status Province::Quiet(absl::Duration patience) const {
  return tonghuctl::Quiet(endpoints_).Wait(stack_->clock().Now(), patience);
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
