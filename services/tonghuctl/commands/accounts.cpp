// tonghuctl account create, account slips: accounts with first passwords, which are shown this once.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "libs/forms/words.h"
#include "libs/status/macros.h"
#include "services/tonghuctl/command.h"
#include "services/tonghuctl/exit_code.h"
#include "services/tonghuctl/slips.h"
#include "tonghu/access/v1/account_service.grpc.pb.h"
#include "tonghu/registry/v1/directory_service.grpc.pb.h"

namespace tonghu::tonghuctl {
namespace {

using access::v1::AccountService;
using access::v1::BatchCreateAccountsRequest;
using access::v1::BatchCreateAccountsResponse;
using registry::v1::DirectoryService;

constexpr int kMostAtOnce = 1000;

// Makes accounts for all staff of the request's county, a part at a time. What was made before an error is in
// `made` all the same: its passwords are shown this once.
absl::Status MakeForStaff(client::Client& client, const std::string& parent,
                          BatchCreateAccountsResponse& made) {
  registry::v1::ListStaffMembersRequest list;
  list.set_parent(parent);
  list.set_page_size(kMostAtOnce);
  absl::Status failed;
  absl::Status read =
      client.ForEachPage(&DirectoryService::Stub::ListStaffMembers, list,
                         [&](const registry::v1::ListStaffMembersResponse& page) {
                           BatchCreateAccountsRequest request;
                           request.set_parent(parent);
                           for (const auto& member : page.staff_members()) {
                             access::v1::Account& account = *request.add_accounts();
                             account.set_kind(access::v1::ACCOUNT_KIND_PERSON);
                             account.set_staff_member(member.name());
                           }
                           if (request.accounts().empty()) return false;
                           auto some = client.Call(&AccountService::Stub::BatchCreateAccounts, request);
                           failed = some.status();
                           if (some.ok()) made.MergeFrom(*some);
                           return some.ok();
                         });
  return failed.ok() ? read : failed;
}

// A new file that its owner alone reads, with the text in it.
absl::Status Write(const std::string& path, const std::string& text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0) return UsageError(fmt::format("can't make the file {}: is it there already?", path));
  size_t written = 0;
  while (written < text.size()) {
    const ssize_t some = ::write(file, text.data() + written, text.size() - written);
    if (some <= 0) break;
    written += static_cast<size_t>(some);
  }
  ::close(file);
  if (written == text.size()) return absl::OkStatus();
  return absl::UnavailableError(fmt::format("{} could not be written", path));
}

}  // namespace

absl::Status CreateAccount(Session& session, const Arguments& typed) {
  ASSIGN_OR_RETURN(auto request, RequestOf<BatchCreateAccountsRequest>(typed));
  access::v1::Account& account = *request.add_accounts();
  account.set_kind(typed.Has("--program") ? access::v1::ACCOUNT_KIND_PROGRAM
                                          : access::v1::ACCOUNT_KIND_PERSON);
  account.set_login(typed.Text("--login"));
  account.set_display_name(typed.Text("--name"));
  if (typed.Has("--staff"))
    account.set_staff_member(fmt::format("{}/staffMembers/{}", request.parent(), typed.Text("--staff")));
  ASSIGN_OR_RETURN(auto response, session.client().Call(&AccountService::Stub::BatchCreateAccounts, request));
  session.output.Show(response, [&] {
    return response.slips().empty() ? "已有账号，未新建\n" : TablesText(session, typed.form, response);
  });
  return absl::OkStatus();
}

absl::Status PrintSlips(Session& session, const Arguments& typed) {
  ASSIGN_OR_RETURN(auto request, RequestOf<BatchCreateAccountsRequest>(typed));
  // The file is made first: passwords that can't be written down would be lost.
  const std::string path = typed.Text("--out");
  RETURN_IF_ERROR(Write(path, ""));
  ::unlink(path.c_str());
  BatchCreateAccountsResponse made;
  const absl::Status status = MakeForStaff(session.client(), request.parent(), made);
  if (!made.slips().empty() || status.ok())
    RETURN_IF_ERROR(Write(path, SlipsPage(made.slips(), typed.Text("--address"))));
  session.output.Show(nlohmann::ordered_json{{"made", made.slips_size()}, {"existing", made.existing_size()}},
                      [&] {
                        return fmt::format("新建 {} 个账号，已有 {} 个；领取单写入 {}\n", made.slips_size(),
                                           made.existing_size(), path);
                      });
  return status;
}

}  // namespace tonghu::tonghuctl
