// Pages of a list (AIP-158). A page is continued behind the id of its last row, so that rows made or gone
// meanwhile neither repeat nor hide others.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"

namespace tonghu::paging {

// A page as a list request asks for it.
struct Page {
  std::string scope;  // all that decides which rows are listed, without page size and token
  std::string after;  // the id after which the page begins; empty: the first page
  int size = 0;       // rows, at least 1

  // The token of the page that begins behind the row of this id. Tokens are no secret.
  std::string TokenAfter(std::string_view last_id) const;

  // Cuts rows of which up to `size` + 1 were asked for down to the page. Gives the next page's token, or an
  // empty one when there are no more rows.
  template <class Rows, class IdOf>
  std::string Cut(Rows& rows, IdOf id_of) const {
    if (rows.size() <= static_cast<size_t>(size)) return "";
    rows.erase(rows.begin() + size, rows.end());
    return TokenAfter(id_of(rows.back()));
  }
};

// The page of `size` rows (0: 100; above `most`: `most`) at which `token` begins (empty: the first page).
// Errors: INVALID_ARGUMENT, reason PAGE_SIZE_NEGATIVE, or PAGE_TOKEN_MALFORMED for a token that TokenAfter
// did not give for the same scope.
absl::StatusOr<Page> PageIn(std::string scope, int32_t size, std::string_view token, int most);

// The page that a list request (protobuf, with page_size and page_token) asks for. The scope is the request's
// type and all its other fields, so that no filter can be forgotten, and `within`: what of the rows the
// caller may see (rights::Scope::Fingerprint). Errors: as PageIn's.
template <class Request>
absl::StatusOr<Page> PageOf(const Request& request, std::string_view within, int most = 1000) {
  Request filters = request;
  filters.clear_page_size();
  filters.clear_page_token();
  return PageIn(absl::StrCat(Request::descriptor()->full_name(), " ", std::string(within), " ",
                             filters.SerializeAsString()),
                request.page_size(), request.page_token(), most);
}

}  // namespace tonghu::paging
