// tonghu-registry: the children and the directory of each county.
#include "libs/journal/node.h"
#include "libs/log/log.h"
#include "libs/process/process.h"
#include "libs/status/macros.h"
#include "services/registry/postgres/child_places.h"
#include "services/registry/postgres/migrations.h"
#include "services/registry/rpc/import_service.h"
#include "services/registry/rpc/services.h"

namespace tonghu::registry {
namespace {

absl::Status Run(config::Reader& reader) {
  ASSIGN_OR_RETURN(const auto settings, process::ReadSettings(reader));
  RETURN_IF_ERROR(reader.Finish());
  log::Init(settings.service, settings.replica, settings.log_level);
  ASSIGN_OR_RETURN(auto opened, journal::Node::Open(settings, {Migrations()}));
  journal::Node& node = *opened;

  const auto children = OfferChildren(node);
  const auto directory = OfferDirectory(node);
  ImportService imports(node, {node.pool(), node.clock(), node.ids(),
                               [&node](std::string_view county) { return node.executor().ShardOf(county); },
                               [&node] { return node.Admit(); }});
  OwnPlaces places(node.pool());
  return node.Serve({.places = &places, .services = {children.get(), directory.get(), imports.service()}});
}

}  // namespace
}  // namespace tonghu::registry

int main(int argc, char** argv) {
  return tonghu::process::Main(argc, argv, "Tonghu's registry of children, schools and posts",
                               &tonghu::registry::Run);
}
