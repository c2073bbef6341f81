#include "libs/rpc/tls.h"

#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <ctime>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "libs/status/macros.h"

namespace tonghu::rpc {
namespace {

constexpr unsigned kRereadSeconds = 1;

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

absl::Status Bad(const std::string& path, const char* why) {
  // What OpenSSL has noted belongs to this failure alone.
  ERR_clear_error();
  return absl::FailedPreconditionError(absl::StrCat(path, ": ", why));
}

absl::StatusOr<std::string> Read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!(text << file.rdbuf())) return Bad(path, "can't be read, or is empty");
  return text.str();
}

Owned<BIO> Bytes(const std::string& text) {
  return Owned<BIO>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

absl::StatusOr<Owned<X509>> CertificateIn(const std::string& text, const std::string& path) {
  Owned<X509> certificate(PEM_read_bio_X509(Bytes(text).get(), nullptr, nullptr, nullptr));
  if (certificate == nullptr) return Bad(path, "holds no certificate in PEM");
  return certificate;
}

absl::Status Check(const TlsFiles& files) {
  ASSIGN_OR_RETURN(const std::string ca, Read(files.ca));
  RETURN_IF_ERROR(CertificateIn(ca, files.ca).status());
  // Read once: the file may turn over meanwhile.
  ASSIGN_OR_RETURN(const std::string shown, Read(files.certificate));
  ASSIGN_OR_RETURN(const auto certificate, CertificateIn(shown, files.certificate));
  const Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(Bytes(shown).get(), nullptr, nullptr, nullptr));
  if (key == nullptr) return Bad(files.certificate, "holds no private key in PEM");
  if (X509_check_private_key(certificate.get(), key.get()) != 1)
    return Bad(files.certificate, "holds a key that is not the certificate's");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Tls>> Tls::Open(const TlsFiles& files) {
  RETURN_IF_ERROR(Check(files));
  return std::shared_ptr<const Tls>(new Tls(files));
}

Tls::Tls(const TlsFiles& files) : files_(files) {
  const auto watcher = std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(
      files.certificate, files.certificate, files.ca, kRereadSeconds);
  grpc::experimental::TlsServerCredentialsOptions server(watcher);
  server.watch_root_certs();
  server.watch_identity_key_cert_pairs();
  server.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  server_ = grpc::experimental::TlsServerCredentials(server);
  grpc::experimental::TlsChannelCredentialsOptions channel;
  channel.set_certificate_provider(watcher);
  channel.watch_root_certs();
  channel.watch_identity_key_cert_pairs();
  channel_ = grpc::experimental::TlsCredentials(channel);
}

absl::StatusOr<absl::Time> Tls::End() const {
  ASSIGN_OR_RETURN(const std::string shown, Read(files_.certificate));
  ASSIGN_OR_RETURN(const auto certificate, CertificateIn(shown, files_.certificate));
  std::tm end{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &end) != 1)
    return Bad(files_.certificate, "does not say when it ends");
  return absl::FromTM(end, absl::UTCTimeZone());
}

std::string ServerName(const std::string& service) { return absl::StrCat(service, ".tonghu"); }

}  // namespace tonghu::rpc
