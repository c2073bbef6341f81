// deploy/nginx/tonghu.conf before a gateway, with Debian's nginx: TLS, HTTP/2, streams that are not held
// back, rapid reset.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <csignal>
#include <cstdlib>
#include <sstream>
#include <thread>

#include "absl/strings/str_replace.h"
#include "services/gateway/testing/gateway_fixture.h"

namespace tonghu::gateway::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string Output(const std::string& command) {
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "re");
  std::string text;
  char bytes[4096];
  while (const size_t n = std::fread(bytes, 1, sizeof bytes, pipe)) text.append(bytes, n);
  ::pclose(pipe);
  return text;
}

class NginxTest : public GatewayTest {
 protected:
  NginxTest() {
    prepare = [](Limits&, Manners& manners) {
      manners.proxies = *Networks::Parse("127.0.0.1");
      manners.secure_cookie = true;
    };
  }

  void SetUp() override {
    GatewayTest::SetUp();
    std::string name = std::filesystem::temp_directory_path() / "tonghu-nginx-XXXXXX";
    folder_ = ::mkdtemp(name.data());
    Output(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost "
        "-keyout " +
        folder_ + "/front.key -out " + folder_ + "/front.pem");
    tls_port_ = FreePort();
    std::ifstream file(TONGHU_ROOT "/deploy/nginx/tonghu.conf");
    std::ostringstream text;
    text << file.rdbuf();
    const std::string site =
        absl::StrReplaceAll(text.str(), {{"127.0.0.1:8080", absl::StrCat("127.0.0.1:", port())},
                                         {"listen 80;", absl::StrCat("listen 127.0.0.1:", FreePort(), ";")},
                                         {"listen 443", absl::StrCat("listen 127.0.0.1:", tls_port_)},
                                         {"tonghu.example.gov.cn", "localhost"},
                                         {"/tonghu.registry.v1.ImportService/ImportRoster", Path("Gather")},
                                         {"/etc/tonghu/tls", folder_}});
    std::ofstream(folder_ + "/nginx.conf")
        << "daemon off; pid " << folder_ << "/pid; error_log " << folder_
        << "/error.log;\nevents { worker_connections 4096; }\n"
        << "http { access_log off; client_body_temp_path " << folder_ << "/body; proxy_temp_path " << folder_
        << "/proxy; fastcgi_temp_path " << folder_ << "/fastcgi; uwsgi_temp_path " << folder_
        << "/uwsgi; scgi_temp_path " << folder_ << "/scgi;\n"
        << site << "}\n";
    const std::string conf = folder_ + "/nginx.conf";
    nginx_ = ::fork();
    if (nginx_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGTERM);
      ::execl("/usr/sbin/nginx", "nginx", "-p", folder_.c_str(), "-c", conf.c_str(), nullptr);
      ::_exit(127);
    }
    ASSERT_TRUE(Comes([this] { return HttpClient(tls_port_).connected(); }))
        << Output("cat " + folder_ + "/error.log");
  }
  void TearDown() override {
    ::kill(nginx_, SIGTERM);
    ::waitpid(nginx_, nullptr, 0);
    GatewayTest::TearDown();
    std::filesystem::remove_all(folder_);
  }
  std::string Curl(const std::string& arguments) {
    return Output(absl::StrCat("curl -sk --max-time 60 ", arguments, " https://localhost:", tls_port_));
  }

  std::string folder_;
  int tls_port_ = 0;
  pid_t nginx_ = -1;
};

TEST_F(NginxTest, CallsComeThroughHttp2WithTheClientsAddress) {
  const std::string said = Output(absl::StrCat(
      "curl -sk -i --interface 127.0.0.2 --http2 -H 'Content-Type: application/json' -H 'X-Forwarded-For: "
      "9.9.9.9' -d '{}' https://localhost:",
      tls_port_, Path("Open")));
  EXPECT_THAT(said, HasSubstr("HTTP/2 200"));
  EXPECT_THAT(said, HasSubstr("strict-transport-security: max-age=31536000"));
  EXPECT_THAT(said, HasSubstr("; Secure"));
  EXPECT_THAT(said, HasSubstr("\"tonghu-address\":\"127.0.0.2\""));
  EXPECT_THAT(Output(absl::StrCat("curl -sk --tls-max 1.1 https://localhost:", tls_port_, "/; echo code $?")),
              HasSubstr("code 35"));
}

TEST_F(NginxTest, AStreamIsNotHeldBack) {
  // Over HTTP/2 nginx sends the head with the first message, and each message at once.
  const std::string said =
      Output(absl::StrCat("printf '\\0\\0\\0\\0\\13{\"size\":10}' | curl -sk -i --max-time 3 --http2 -H "
                          "'Content-Type: application/connect+json' "
                          "-H 'Authorization: Bearer good' --data-binary @- https://localhost:",
                          tls_port_, Path("Watch"), " | head -c 2000"));
  EXPECT_THAT(said, HasSubstr("HTTP/2 200"));
  EXPECT_THAT(said, HasSubstr("xxxxxxxxxx"));
  EXPECT_TRUE(Comes([this] { return service.streams == 0; })) << "the client has gone; the call goes on";
}

TEST_F(NginxTest, AStreamsHeadComesWithItsFirstMessageThoughNothingFollows) {
  const std::string said =
      Output(absl::StrCat("printf '\\0\\0\\0\\0\\14{\"count\":-1}' | curl -sk -i --max-time 4 --http2 -H "
                          "'Content-Type: application/connect+json' "
                          "-H 'Authorization: Bearer good' --data-binary @- https://localhost:",
                          tls_port_, Path("Watch")));
  EXPECT_THAT(said, HasSubstr("HTTP/2 200"));
  EXPECT_THAT(said, HasSubstr("\"text\":\"0\""));
}

// curl that sends over HTTP/2 what it reads from `input`, as it comes.
std::string Sending(const std::string& input, int port, const std::string& method,
                    const std::string& headers = "-H 'Authorization: Bearer good'") {
  return absl::StrCat(input, " | curl -sk -i --max-time 60 --http2 -X POST -T - -H 'Content-Type: ",
                      "application/connect+json' ", headers, " https://localhost:", port, Path(method));
}

// The shell's words for an envelope around a message of a MiB.
constexpr char kLong[] =
    R"sh((printf '\0\0\20\0\15{"filler":"'; head -c 1048576 /dev/zero | tr '\0' x; printf '"}'))sh";

TEST_F(NginxTest, AnUploadIsTakenWhereAMethodIsOneAndNowhereElse) {
  const std::string long_body = absl::StrCat("for i in 1 2 3 4 5 6 7 8 9 10 11 12; do ", kLong, "; done");
  const std::string upload = Sending("(" + long_body + ")", tls_port_, "Gather");
  EXPECT_THAT(Output(upload), AllOf(HasSubstr("HTTP/2 200"), Not(HasSubstr("\"error\""))));
  EXPECT_EQ(service.gathered, 12);
  // With its length said, as nginx may not write here what it takes in.
  const std::string other = Sending("(" + long_body + ")", tls_port_, "Return");
  EXPECT_THAT(Output(absl::StrReplaceAll(other, {{"-T -", "--data-binary @-"}})), HasSubstr("HTTP/2 413"));
}

TEST_F(NginxTest, AnUploadGoesOnAsItComes) {
  const std::string go = folder_ + "/go";
  std::string said;
  std::thread client([&] {
    const std::string one = R"(printf '\0\0\0\0\14{"text":"a"}')";
    const std::string wait = absl::StrCat("while [ ! -e ", go, " ]; do sleep 0.05; done");
    said = Output(Sending(absl::StrCat("(", one, "; ", wait, "; ", one, ")"), tls_port_, "Gather"));
  });
  EXPECT_TRUE(Comes([this] { return service.gathered == 1; })) << "nginx holds the body back";
  std::ofstream(go) << "\n";
  client.join();
  EXPECT_THAT(said, HasSubstr(R"("text":"aa")"));
}

TEST_F(NginxTest, AnEarlyRefusalOfAnUploadArrives) {
  const std::string endless = absl::StrCat("(while ", kLong, "; do :; done)");
  const std::string said = Output(Sending(endless, tls_port_, "Gather", ""));
  EXPECT_THAT(said, HasSubstr("HTTP/2 200"));
  EXPECT_THAT(said, HasSubstr("unauthenticated"));
  EXPECT_EQ(service.gathered, 0);
}

// A client of HTTP/2 that opens streams and resets each at once.
class Resetter {
 public:
  explicit Resetter(int port) : context_(SSL_CTX_new(TLS_client_method())) {
    socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    SSL_CTX_set_alpn_protos(context_, reinterpret_cast<const unsigned char*>("\x02h2"), 3);
    ssl_ = SSL_new(context_);
    SSL_set_fd(ssl_, socket_);
    SSL_connect(ssl_);
    Write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + Frame(4, 0, 0, ""));
  }
  ~Resetter() {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
    ::close(socket_);
  }
  // Opens and resets so many streams; gives how many were sent before the server ended the connection.
  int Reset(int count, const std::string& path) {
    const auto literal = [](const std::string& text) {
      return std::string(1, static_cast<char>(text.size())) + text;
    };
    // HPACK: :method GET and :scheme https are indexed, :path and :authority are literals with indexed
    // names.
    const std::string headers =
        std::string("\x82\x87\x04", 3) + literal(path) + std::string("\x01", 1) + literal("localhost");
    for (int i = 0; i < count; ++i) {
      const uint32_t stream = 2 * i + 1;
      if (!Write(Frame(1, 5, stream, headers) + Frame(3, 0, stream, std::string("\0\0\0\x08", 4)))) return i;
    }
    return count;
  }

 private:
  static std::string Frame(uint8_t type, uint8_t flags, uint32_t stream, const std::string& body) {
    std::string frame;
    for (int shift : {16, 8, 0}) frame.push_back(static_cast<char>(body.size() >> shift));
    frame.push_back(static_cast<char>(type));
    frame.push_back(static_cast<char>(flags));
    for (int shift : {24, 16, 8, 0}) frame.push_back(static_cast<char>(stream >> shift));
    return frame + body;
  }
  bool Write(const std::string& bytes) {
    return SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())) > 0;
  }

  SSL_CTX* context_;
  SSL* ssl_ = nullptr;
  int socket_ = -1;
};

TEST_F(NginxTest, RapidResetEndsTheConnectionAndHurtsNobody) {
  std::signal(SIGPIPE, SIG_IGN);
  for (int i = 0; i < 3; ++i) {
    Resetter resetter(tls_port_);
    resetter.Reset(20'000, Path("Look"));
  }
  // nginx takes a thousand streams of a connection and passes the rest over, whether it ends the connection
  // or not.
  EXPECT_LE(requests(), 3 * 1000);
  EXPECT_THAT(
      Output(absl::StrCat(
          "curl -sk --retry 3 --http2 -H 'Content-Type: application/json' -H 'Authorization: Bearer good' -d "
          "'{\"text\":\"well\"}' https://localhost:",
          tls_port_, Path("Look"))),
      HasSubstr("well"));
  EXPECT_TRUE(Comes([this] { return connections() < 70; })) << connections();
}

}  // namespace
}  // namespace tonghu::gateway::testing
