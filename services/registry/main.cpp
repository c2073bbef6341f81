// tonghu-registry: the children and the directory of each county.
#include "libs/journal/node.h"
#include "libs/log/log.h"
#include "libs/process/process.h"
#include "services/registry/postgres/migrations.h"
#include "services/registry/rpc/import_service.h"
#include "services/registry/rpc/services.h"

namespace tonghu::registry {
namespace {

absl::Status Run(config::Reader& reader) {
  const auto settings = process::ReadSettings(reader);
  if (!settings.ok()) return settings.status();
  if (absl::Status read = reader.Finish(); !read.ok()) return read;
  log::Init(settings->service, settings->replica, settings->log_level);
  auto opened = journal::Node::Open(*settings, {Migrations()});
  if (!opened.ok()) return opened.status();
  journal::Node& node = **opened;

  const auto children = OfferChildren(node);
  const auto directory = OfferDirectory(node);
  ImportService imports(node, {node.pool(), node.clock(), node.ids(),
                               [&node](std::string_view county) { return node.executor().ShardOf(county); },
                               [&node] { return node.Admit(); }});
  return node.Serve({.services = {children.get(), directory.get(), imports.service()}});
}

}  // namespace
}  // namespace tonghu::registry

int main(int argc, char** argv) {
  return tonghu::process::Main(argc, argv, "Tonghu's registry of children, schools and posts",
                               &tonghu::registry::Run);
}
