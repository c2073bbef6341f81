#include "tests/fault/checker.h"

#include <fmt/core.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "libs/chain/check.h"
#include "libs/postgres/connection.h"
#include "tests/fault/footprint.h"
#include "tests/fault/judge.h"
#include "tonghu/journal/v1/journal_service.grpc.pb.h"

namespace tonghu::fault {
namespace {

constexpr const char* kServices[] = {"registry", "pairing", "alerts", "reporting", "access"};
constexpr int kMostThreads = 80;
constexpr int kMostDescriptors = 300;

void ExpectZero(Province& province, const std::string& service, const std::string& what,
                const std::string& sql) {
  auto number = province.Number(service, sql);
  ASSERT_TRUE(number.ok()) << what << ": " << number.status();
  EXPECT_EQ(*number, 0) << service << ": " << what;
}

std::set<std::string> Texts(Province& province, const std::string& service, const std::string& sql) {
  auto db = postgres::Connection::Open(province.stack().Conninfo("tonghu_" + service));
  EXPECT_TRUE(db.ok()) << db.status();
  std::set<std::string> texts;
  if (!db.ok()) return texts;
  auto rows = (*db)->Run(sql);
  EXPECT_TRUE(rows.ok()) << rows.status();
  for (int i = 0; rows.ok() && i < rows->rows(); ++i) texts.insert(rows->String(i, 0));
  return texts;
}

}  // namespace

void CheckAcknowledged(Province& province) {
  for (const std::string& surprise : province.log().surprises()) ADD_FAILURE() << surprise;
  auto db = postgres::Connection::Open(province.stack().Conninfo("tonghu_pairing"));
  ASSERT_TRUE(db.ok()) << db.status();
  auto rows = (*db)->Run("SELECT note, 'counties/' || county || '/contacts/' || contact_id FROM contact");
  ASSERT_TRUE(rows.ok()) << rows.status();
  std::map<std::string, std::string> stored;
  for (int i = 0; i < rows->rows(); ++i) {
    EXPECT_TRUE(stored.emplace(rows->String(i, 0), rows->String(i, 1)).second)
        << "stored twice: " << rows->String(i, 0);
  }
  size_t told = 0;
  for (const model::Fact& fact : province.log().facts()) {
    const auto* contact = std::get_if<model::ContactLogged>(&fact.what);
    if (contact == nullptr || !fact.refusal.empty()) continue;
    ++told;
    const auto found = stored.find(contact->note);
    if (found == stored.end()) {
      ADD_FAILURE() << "acknowledged but not stored: " << contact->note;
    } else {
      EXPECT_EQ(found->second, contact->contact) << "the caller was told another name";
    }
  }
  EXPECT_EQ(stored.size(), told) << "stored without anybody's asking";
}

void CheckModel(Province& province) {
  model::Model model;
  const std::vector<model::Fact> facts = province.log().facts();
  for (const model::Fact& fact : facts) model.Apply(fact);
  std::vector<std::string> counties;
  for (const std::string& county : province.counties()) counties.push_back("counties/" + county);
  const std::vector<Difference> differences = Judge(province.clients(), model, counties);
  EXPECT_TRUE(differences.empty()) << differences.size() << " differences from the model\n"
                                   << ToText(differences, facts);
}

void CheckChains(Province& province) {
  for (const char* service : kServices) {
    const auto status = province.clients().CallAt(service, &journal::v1::JournalService::Stub::GetStatus,
                                                  journal::v1::GetStatusRequest());
    ASSERT_TRUE(status.ok()) << service << ": " << status.status();
    for (int shard = 0; shard < status->shards_size(); ++shard) {
      chain::Check check(std::map<int64_t, std::string>{});
      journal::v1::ReadRowsRequest request;
      request.set_shard(shard);
      request.set_page_size(5000);
      int64_t head = 0;
      for (int64_t next = 1; next > 0;) {
        request.set_from_seq(next);
        const auto page =
            province.clients().CallAt(service, &journal::v1::JournalService::Stub::ReadRows, request);
        ASSERT_TRUE(page.ok()) << service << ": " << page.status();
        for (const journal::v1::JournalRow& row : page->rows())
          check.Add(
              {shard, row.seq(), row.events(), row.type(), row.county(), row.time_micros(), row.payload()},
              row.hash());
        head = page->head_seq();
        next = page->rows().empty() ? 0 : page->rows().rbegin()->seq() + 1;
      }
      const auto finding = check.End(head);
      EXPECT_FALSE(finding.has_value())
          << service << ", shard " << shard << ": the chain breaks at " << finding->first;
    }
  }
}

void CheckApplied(Province& province) {
  for (const char* service : kServices) {
    ExpectZero(
        province, service, "journal positions with gaps",
        "SELECT count(*) FROM journal_head h WHERE (SELECT coalesce(sum(events), 0) FROM journal j WHERE "
        "j.shard = h.shard) <> h.seq "
        "OR (SELECT coalesce(max(seq), 0) FROM journal j WHERE j.shard = h.shard) <> h.seq");
    ExpectZero(province, service, "events in quarantine", "SELECT count(*) FROM quarantine");
  }
  auto contacts = province.Number("pairing", "SELECT count(*) FROM contact");
  auto events = province.Number("pairing",
                                "SELECT coalesce(sum(events), 0) FROM journal WHERE type = 'contact_logged'");
  auto reported = province.Number("reporting", "SELECT coalesce(sum(contacts), 0)::bigint FROM weekly_count");
  ASSERT_TRUE(contacts.ok() && events.ok() && reported.ok());
  EXPECT_EQ(*contacts, *events);
  EXPECT_EQ(*contacts, *reported) << "reporting applied another number of contacts";
  auto audited = province.Number("access", "SELECT count(*) FROM audit_entry WHERE what = 'contact_logged'");
  ASSERT_TRUE(audited.ok()) << audited.status();
  EXPECT_EQ(*contacts, *audited) << "the audit has another number of contacts";
}

void CheckOrder(Province& province) {
  constexpr char kPlaces[] =
      "SELECT concat_ws('/', county, child_id, school_id, grade, class_number) FROM child";
  const auto places = Texts(province, "registry", kPlaces);
  for (const char* service : {"pairing", "alerts"}) {
    EXPECT_EQ(Texts(province, service, kPlaces), places) << service << " knows other places of children";
    ExpectZero(province, service, "moves applied before earlier ones",
               "SELECT count(*) FROM (SELECT class_number - lag(class_number) OVER (PARTITION BY county, "
               "child_id ORDER BY n) AS step FROM order_log) s "
               "WHERE step < 0");
    EXPECT_GT(province.Number(service, "SELECT count(*) FROM order_log").value_or(0), 0)
        << service << ": nothing was moved";
  }
}

void CheckAlerts(Province& province) {
  const auto missed =
      Texts(province, "pairing", "SELECT county || '/' || duty_id FROM judged_duty WHERE missed");
  const auto alerted = Texts(province, "alerts", "SELECT county || '/' || duty_id FROM alert WHERE kind = 1");
  EXPECT_EQ(missed, alerted) << "duties missed and alerts raised for them";
  auto alerts = province.Number("alerts", "SELECT count(*) FROM alert WHERE kind = 1");
  ASSERT_TRUE(alerts.ok()) << alerts.status();
  EXPECT_EQ(*alerts, static_cast<int64_t>(missed.size())) << "more than one alert for a duty";
  auto overdue = province.Number(
      "pairing",
      fmt::format("SELECT count(*) FROM judged_duty WHERE state = 1 AND due_time <= to_timestamp({})",
                  absl::ToUnixSeconds(province.stack().clock().Now())));
  ASSERT_TRUE(overdue.ok()) << overdue.status();
  EXPECT_EQ(*overdue, 0) << "a duty past due that was not judged";
}

void CheckReports(Province& province) {
  for (const std::string& county : province.counties()) {
    reporting::v1::QueryCountsRequest request;
    request.set_division(county);
    auto folded = province.clients().Call(&reporting::v1::ReportService::Stub::QueryCounts, request);
    ASSERT_TRUE(folded.ok()) << folded.status();
    // As of the same events: what was read since is in the journals too, and may be applied by now.
    *request.mutable_through() = folded->through();
    auto recomputed = province.clients().Call(&reporting::v1::ReportService::Stub::RecomputeCounts, request);
    ASSERT_TRUE(recomputed.ok()) << recomputed.status();
    EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(*folded, *recomputed))
        << folded->ShortDebugString() << "\n"
        << recomputed->ShortDebugString();
  }
}

void CheckBounds(Province& province) {
  for (const auto& [process, footprint] : FootprintsOf(province)) {
    EXPECT_LE(footprint.threads, kMostThreads) << process;
    EXPECT_LE(footprint.descriptors, kMostDescriptors) << process;
  }
}

void CheckEverything(Province& province) {
  CheckAcknowledged(province);
  CheckModel(province);
  CheckChains(province);
  CheckApplied(province);
  CheckOrder(province);
  CheckAlerts(province);
  CheckReports(province);
  CheckBounds(province);
}

}  // namespace tonghu::fault
