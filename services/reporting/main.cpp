// tonghu-reporting: how many duties were due, done and missed, by division and week.
#include "libs/journal/node.h"
#include "libs/log/log.h"
#include "libs/process/process.h"
#include "libs/status/macros.h"
#include "services/reporting/events/consume.h"
#include "services/reporting/postgres/migrations.h"
#include "services/reporting/postgres/school_places.h"
#include "services/reporting/rpc/report_service.h"

namespace {

using namespace tonghu;

absl::StatusOr<reporting::Journals> OpenJournals(const journal::Node& node) {
  reporting::Journals journals;
  for (std::string_view name : reporting::kCountedProducers) {
    ASSIGN_OR_RETURN(auto channel, node.Peer(std::string(name)));
    journals[std::string(name)] = tonghu::journal::v1::JournalService::NewStub(channel);
  }
  return journals;
}

absl::Status Run(config::Reader& reader) {
  ASSIGN_OR_RETURN(auto settings, process::ReadSettings(reader));
  RETURN_IF_ERROR(reader.Finish());
  log::Init(settings.service, settings.replica, settings.log_level);
  ASSIGN_OR_RETURN(auto node, journal::Node::Open(settings, {reporting::Migrations()}));
  ASSIGN_OR_RETURN(auto journals, OpenJournals(*node));
  const auto reports = reporting::OfferReports(*node, journals);
  // The registry's events change no figure yet. They are passed over, and the cursors show that they were
  // seen.
  reporting::SchoolPlaces places(node->pool());
  return node->Serve({.places = &places,
                      .producers = {"registry", "pairing", "alerts"},
                      .handler = reporting::Consume,
                      .services = {reports.get()}});
}

}  // namespace

int main(int argc, char** argv) {
  return tonghu::process::Main(argc, argv, "Tonghu reporting: figures by division and week", Run);
}
