using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace AgentSystem.Tests.Hosting;

/// <summary>A web server in a few lines of perl, which every Debian has: answers with its own instance id, and with 503 while a file "sick" is in its folder.</summary>
internal static class TinyServer
{
    private const string Program = """
        my $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => $ENV{PORT}, Listen => 9, ReuseAddr => 1) or die $!;
        while (my $c = $s->accept) {
          while (<$c>) { last if /^\r?$/ }
          my $status = -e "sick" ? 503 : 200;
          my ($id) = $ENV{OTEL_RESOURCE_ATTRIBUTES} =~ /service.instance.id=(.*)/;
          print $c "HTTP/1.1 $status S\r\nConnection: close\r\nContent-Length: ", length($id), "\r\n\r\n$id";
          close $c;
        }
        """;

    public static IResourceBuilder<ExecutableResource> AddTinyServer(this IDistributedApplicationBuilder builder, string name, string folder = ".") =>
        builder.AddExecutable(name, "perl", folder, "-MIO::Socket::INET", "-e", Program).WithHttpEndpoint(env: "PORT").WithOtlpExporter();
}
