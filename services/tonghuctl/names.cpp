#include "services/tonghuctl/names.h"

#include <map>
#include <vector>

#include "absl/types/span.h"
#include "libs/forms/typed.h"
#include "libs/status/macros.h"
#include "tonghu/pairing/v1/contact_service.grpc.pb.h"
#include "tonghu/registry/v1/directory_service.grpc.pb.h"

namespace tonghu::tonghuctl {
namespace {

using pairing::v1::ContactService;
using registry::v1::DirectoryService;

// No more than either of the two services takes in a call.
constexpr size_t kMostAtOnce = 1000;

using Resources = absl::Span<const std::string>;

absl::Status LookUpNames(client::Client& client, const std::string& parent, Resources resources,
                         forms::Names* names) {
  registry::v1::BatchGetDisplayNamesRequest request;
  request.set_parent(parent);
  request.mutable_names()->Assign(resources.begin(), resources.end());
  ASSIGN_OR_RETURN(auto found, client.Call(&DirectoryService::Stub::BatchGetDisplayNames, request));
  for (const auto& one : found.display_names()) names->emplace(one.name(), one.display_name());
  return absl::OkStatus();
}

absl::Status LookUpContacts(client::Client& client, const std::string& parent, Resources children,
                            forms::Names* names) {
  pairing::v1::BatchGetLastContactsRequest request;
  request.set_parent(parent);
  request.mutable_children()->Assign(children.begin(), children.end());
  ASSIGN_OR_RETURN(auto found, client.Call(&ContactService::Stub::BatchGetLastContacts, request));
  for (const auto& one : found.last_contacts())
    names->emplace(forms::LastContactOf(one.child()), forms::TimeText(one.happen_time()));
  return absl::OkStatus();
}

}  // namespace

std::string ParentOf(const std::string& resource) {
  // Up to the second slash: "counties/520521".
  return resource.substr(0, resource.find('/', resource.find('/') + 1));
}

absl::Status LookUp(client::Client& client, const std::set<std::string>& resources, forms::Names* names) {
  // The names by the call that looks them up and by county.
  std::map<std::pair<decltype(&LookUpNames), std::string>, std::vector<std::string>> asked;
  for (const std::string& resource : resources) {
    const std::string child = forms::ChildOfLastContact(resource);
    const std::string& name = child.empty() ? resource : child;
    asked[{child.empty() ? &LookUpNames : &LookUpContacts, ParentOf(name)}].push_back(name);
  }
  for (const auto& [how, all] : asked) {
    for (size_t at = 0; at < all.size(); at += kMostAtOnce) {
      const Resources some = absl::MakeConstSpan(all).subspan(at, kMostAtOnce);
      RETURN_IF_ERROR(how.first(client, how.second, some, names));
    }
  }
  return absl::OkStatus();
}

}  // namespace tonghu::tonghuctl
