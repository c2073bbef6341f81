// tonghu-registry: the children and the directory of each county.
#include "libs/journal/node.h"
#include "libs/log/log.h"
#include "libs/process/process.h"
#include "services/registry/app/commands.h"
#include "services/registry/postgres/migrations.h"
#include "services/registry/rpc/child_service.h"
#include "services/registry/rpc/directory_service.h"
#include "services/registry/rpc/import_service.h"

namespace tonghu::registry {
namespace {

absl::Status Run(config::Reader& reader) {
  const auto settings = process::ReadSettings(reader);
  if (!settings.ok()) return settings.status();
  if (absl::Status read = reader.Finish(); !read.ok()) return read;
  log::Init(settings->service, settings->replica, settings->log_level);
  auto opened = journal::Node::Open(*settings, Migrations());
  if (!opened.ok()) return opened.status();
  journal::Node& node = **opened;

  CreateChildCommandHandler create_child(node.executor(), "CreateChild", CreateChild(node.ids()));
  UpdateChildCommandHandler update_child(node.executor(), "UpdateChild", &UpdateChild);
  PutSchoolCommandHandler put_school(node.executor(), "PutSchool", &PutSchool);
  PutStaffMemberCommandHandler put_staff(node.executor(), "PutStaffMember", &PutStaffMember);
  PutPostCommandHandler put_post(node.executor(), "PutPost", &PutPost);

  ChildService children(create_child, update_child, node.pool(), node.workers());
  DirectoryService directory({put_school, put_staff, put_post}, node.pool(), node.workers());
  ImportService imports({node.pool(), node.clock(), node.ids(),
                         [&node](std::string_view county) { return node.executor().ShardOf(county); },
                         [&node] { return node.Admit(); }},
                        node.gate());
  return node.Serve({.services = {&children, &directory, &imports}});
}

}  // namespace
}  // namespace tonghu::registry

int main(int argc, char** argv) {
  return tonghu::process::Main(argc, argv, "Tonghu's registry of children, schools and posts",
                               &tonghu::registry::Run);
}
