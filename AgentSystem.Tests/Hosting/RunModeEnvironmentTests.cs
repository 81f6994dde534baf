using AgentSystem.Tests.Support;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;

namespace AgentSystem.Tests.Hosting;

/// <summary>What a process finds in its environment is what Aspire would put there.</summary>
public sealed class RunModeEnvironmentTests
{
    private static readonly Dictionary<string, string> ForEveryExporter = new()
    {
        ["OTEL_BLRP_SCHEDULE_DELAY"] = "1000",
        ["OTEL_BSP_SCHEDULE_DELAY"] = "1000",
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://localhost:4317",
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc",
        ["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] = "true",
        ["OTEL_METRICS_EXEMPLAR_FILTER"] = "trace_based",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "1000",
        ["OTEL_RESOURCE_ATTRIBUTES"] = "service.instance.id=*",
        ["OTEL_SERVICE_NAME"] = "*",
        ["OTEL_TRACES_SAMPLER"] = "always_on",
    };

    private static readonly Dictionary<string, string> ForEveryProject = new(ForEveryExporter)
    {
        ["ASPNETCORE_URLS"] = "*",
        ["DOTNET_SYSTEM_CONSOLE_ALLOW_ANSI_COLOR_REDIRECTION"] = "true",
        ["LOGGING__CONSOLE__FORMATTERNAME"] = "simple",
        ["OTEL_DOTNET_EXPERIMENTAL_ASPNETCORE_DISABLE_URL_QUERY_REDACTION"] = "true",
        ["OTEL_DOTNET_EXPERIMENTAL_HTTPCLIENT_DISABLE_URL_QUERY_REDACTION"] = "true",
        ["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY"] = "in_memory",
    };

    private static readonly string[] InDevelopment = ["--environment=Development"];

    [RunFact]
    public async Task projects_of_the_system_get_this_list_and_what_the_AppHost_gives_them()
    {
        using var folder = new TempFolder();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AgentSystem_AppHost>(
            [$"--Data:Dir={folder.Path}", $"--AGENTSYSTEM_CONNECTION={folder["connection.json"]}", "--Backends:Prometheus=off", "--Backends:Alertmanager=off", "--Backends:NodeExporter=off"],
            limit.Token);
        await using var app = await builder.BuildAsync(limit.Token);
        await app.StartAsync(limit.Token);

        var orchestrator = await app.EnvironmentAsync("orchestrator");
        Assert.Subset(orchestrator.Keys.ToHashSet(), ForEveryProject.Keys.ToHashSet());
        Assert.Equal("orchestrator", orchestrator["OTEL_SERVICE_NAME"]);
        var url = app.GetEndpoint("orchestrator", "http").OriginalString;
        // Others reach it through a proxy.
        Assert.NotEqual(url, orchestrator["ASPNETCORE_URLS"]);

        var marie = await app.EnvironmentAsync("marie");
        Assert.Subset(marie.Keys.ToHashSet(), ForEveryProject.Keys.ToHashSet());
        Assert.Equal((url, url, "marie"), (marie["ORCHESTRATOR_HTTP"], marie["services__orchestrator__http__0"], marie["OTEL_SERVICE_NAME"]));
    }

    [RunFact]
    public async Task a_project_in_development_gets_exactly_this()
    {
        var builder = Hosts.Builder([.. InDevelopment, "--ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL=http://localhost:4317"]);
        builder.AddProject<Projects.Alerting>("alerting", launchProfileName: null).WithHttpEndpoint();
        await using var app = await builder.StartAsync();

        var running = await app.UntilAsync("alerting", e => e.Snapshot.EnvironmentVariables.Length > 0);
        AssertExactly(ForEveryProject, running);
        var variables = await app.EnvironmentAsync("alerting");
        Assert.Equal("alerting", variables["OTEL_SERVICE_NAME"]);
        Assert.Matches("^service\\.instance\\.id=[a-z]{8}$", variables["OTEL_RESOURCE_ATTRIBUTES"]);
        Assert.Equal($"alerting-{variables["OTEL_RESOURCE_ATTRIBUTES"]!["service.instance.id=".Length..]}", running.ResourceId);
        Assert.Matches("^http://localhost:\\d+$", variables["ASPNETCORE_URLS"]);
    }

    [RunFact]
    public async Task an_executable_gets_nothing_unless_it_exports_telemetry()
    {
        var builder = Hosts.Builder([.. InDevelopment, "--ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL=http://localhost:4317"]);
        builder.AddExecutable("plain", "sleep", ".", "100").WithEnvironment("OWN", "1");
        builder.AddExecutable("exporter", "sleep", ".", "100").WithOtlpExporter();
        await using var app = await builder.StartAsync();

        Assert.Equal(["OWN"], (await app.EnvironmentAsync("plain")).Keys);
        AssertExactly(ForEveryExporter, await app.UntilAsync("exporter", e => e.Snapshot.EnvironmentVariables.Length > 0));
    }

    [RunFact]
    public async Task outside_of_development_less_is_set()
    {
        var builder = Hosts.Builder("--environment=Production");
        builder.AddExecutable("exporter", "sleep", ".", "100").WithOtlpExporter();
        await using var app = await builder.StartAsync();

        Assert.Equal(
            ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_RESOURCE_ATTRIBUTES", "OTEL_SERVICE_NAME"],
            (await app.EnvironmentAsync("exporter")).Keys.Order(StringComparer.Ordinal));
    }

    [RunTheory]
    [InlineData(null, null, null, "http://localhost:18889", "grpc")]
    [InlineData("http://grpc", null, null, "http://grpc", "grpc")]
    [InlineData(null, "http://http", null, "http://http", "http/protobuf")]
    [InlineData("http://grpc", "http://http", null, "http://grpc", "grpc")]
    [InlineData("http://grpc", "http://http", OtlpProtocol.HttpProtobuf, "http://http", "http/protobuf")]
    [InlineData("http://grpc", "http://http", OtlpProtocol.HttpJson, "http://http", "http/json")]
    [InlineData(null, "http://http", OtlpProtocol.Grpc, "http://localhost:18889", "grpc")]
    public async Task where_telemetry_goes_is_configured_for_the_AppHost(string? grpc, string? http, OtlpProtocol? wanted, string endpoint, string protocol)
    {
        string[] args = [
            .. grpc is null ? (string[])[] : [$"--ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL={grpc}"],
            .. http is null ? (string[])[] : [$"--ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL={http}"],
        ];
        var builder = Hosts.Builder(args);
        var exporter = builder.AddExecutable("exporter", "sleep", ".", "100");
        _ = wanted is { } one ? exporter.WithOtlpExporter(one) : exporter.WithOtlpExporter();
        await using var app = await builder.StartAsync();

        var variables = await app.EnvironmentAsync("exporter");
        Assert.Equal((endpoint, protocol), (variables["OTEL_EXPORTER_OTLP_ENDPOINT"], variables["OTEL_EXPORTER_OTLP_PROTOCOL"]));
    }

    [RunFact]
    public async Task a_protocol_that_nothing_takes_is_a_failure()
    {
        var builder = Hosts.Builder();
        builder.AddExecutable("exporter", "sleep", ".", "100").WithOtlpExporter(OtlpProtocol.HttpProtobuf);
        await using var app = await builder.StartAsync();

        await app.UntilAsync("exporter", KnownResourceStates.FailedToStart);
    }

    [RunFact]
    public async Task the_key_of_the_receiver_is_sent_along()
    {
        var builder = Hosts.Builder("--AppHost:OtlpApiKey=k");
        builder.AddExecutable("exporter", "sleep", ".", "100").WithOtlpExporter();
        await using var app = await builder.StartAsync();

        Assert.Equal("x-otlp-api-key=k", (await app.EnvironmentAsync("exporter"))["OTEL_EXPORTER_OTLP_HEADERS"]);
    }

    [Theory]
    [InlineData(false, null, true)]
    [InlineData(false, "true", false)]
    [InlineData(true, null, false)]
    public void a_key_is_made_where_there_could_be_a_dashboard_that_asks_for_it(bool isDashboardOff, string? isUnsecured, bool isMade)
    {
        var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions
        {
            Args = isUnsecured is null ? [] : [$"--ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS={isUnsecured}"],
            DisableDashboard = isDashboardOff,
        });

        Assert.Equal(isMade, builder.Configuration["AppHost:OtlpApiKey"] is { Length: 32 });
    }

    [Fact]
    public async Task every_endpoint_of_a_project_is_listened_on_and_https_is_where_a_redirection_leads()
    {
        var builder = Hosts.Builder();
        var project = builder.AddProject<Projects.Alerting>("alerting", launchProfileName: null)
            .WithHttpsEndpoint(port: 5443, targetPort: 6443).WithHttpEndpoint(targetPort: 6080).WithHttpEndpoint(targetPort: 6081, name: "metrics");
        var variables = await project.Resource.VariablesAsync();

        Assert.Equal(
            string.Join(';', ((string[])["https", "http", "metrics"]).Select(name => $"{{alerting.bindings.{name}.scheme}}://localhost:{{alerting.bindings.{name}.targetPort}}")),
            Expression(variables["ASPNETCORE_URLS"]));
        Assert.Equal("{alerting.bindings.https.port}", Expression(variables["ASPNETCORE_HTTPS_PORT"]));
        project.WithEnvironment("ASPNETCORE_URLS", "http://+:80");
        Assert.Equal("http://+:80", (await project.Resource.VariablesAsync())["ASPNETCORE_URLS"]);

        static string Expression(object value) => ((IManifestExpressionProvider)value).ValueExpression;
    }

    [RunFact]
    public async Task what_the_AppHost_was_told_for_itself_is_not_passed_on()
    {
        var builder = Hosts.Builder();
        builder.AddExecutable("teller", "sh", ".", "-c", "echo \"[$ASPNETCORE_URLS$DOTNET_LAUNCH_PROFILE$ASPNETCORE_ENVIRONMENT$DOTNET_ENVIRONMENT][$HOME]\"");
        await using var app = await builder.StartAsync();

        await app.UntilAsync("teller", KnownResourceStates.Finished);
        Assert.Equal($"[][{Environment.GetEnvironmentVariable("HOME")}]", await app.LogOfAsync("teller"));
    }

    private static void AssertExactly(Dictionary<string, string> expected, ResourceEvent running)
    {
        var variables = running.Snapshot.EnvironmentVariables.Where(variable => variable.IsFromSpec).ToDictionary(variable => variable.Name, variable => variable.Value!);
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), variables.Keys.Order(StringComparer.Ordinal));
        Assert.All(expected, variable => Assert.StartsWith(variable.Value.TrimEnd('*'), variables[variable.Key], StringComparison.Ordinal));
    }
}
