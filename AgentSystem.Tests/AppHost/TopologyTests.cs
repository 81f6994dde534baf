using AgentSystem.AppHost.Backends;
using AgentSystem.Tests.Support;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;

namespace AgentSystem.Tests.AppHost;

/// <summary>The model as AppHost.cs builds it, not started.</summary>
public sealed class TopologyTests : IDisposable
{
    private static readonly string[] Services = ["orchestrator", "marie", "anga", "fabien", "alerting", "console"];
    private static readonly string[] Backends = ["prometheus", "alertmanager", "node-exporter", "grafana", "loki", "jaeger", "otel-collector", "alloy"];

    private readonly TempFolder _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Every_resource_of_the_picture_is_there()
    {
        var resources = await ResourcesAsync("--Backends=container");

        Assert.Superset(Services.Concat(Backends).ToHashSet(), resources.Select(resource => resource.Name).ToHashSet());
        Assert.All(Backends, name => Assert.NotEmpty(Named(resources, name).Annotations.OfType<ContainerImageAnnotation>()));
    }

    [Fact]
    public async Task Every_service_and_backend_has_a_health_check()
    {
        var resources = await ResourcesAsync("--Backends=container");

        Assert.All(Services.Concat(Backends), name => Assert.NotEmpty(Named(resources, name).Annotations.OfType<HealthCheckAnnotation>()));
    }

    [Fact]
    public async Task Services_send_to_the_collector_which_sends_on_to_Jaeger_and_Loki()
    {
        var resources = await ResourcesAsync("--Backends=container", "--ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL=http://localhost:4711");

        foreach (var service in Services)
            Assert.Equal("otel-collector", Assert.IsType<EndpointReference>((await VariablesAsync(Named(resources, service)))["OTEL_EXPORTER_OTLP_ENDPOINT"]).Resource.Name);
        var collector = await VariablesAsync(Named(resources, "otel-collector"));
        Assert.Equal("jaeger", Assert.IsType<EndpointReference>(collector["JAEGER_OTLP_ENDPOINT"]).Resource.Name);
        Assert.Equal("http://localhost:4711", Assert.IsType<HostUrl>(collector["ASPIRE_DASHBOARD_OTLP_ENDPOINT"]).Url);
        Assert.Equal(["config.yaml", "jaeger.yaml", "loki.yaml", "aspire-dashboard.yaml"], await ConfigurationsAsync(resources));
    }

    [Fact]
    public async Task Faults_may_be_injected_where_that_is_asked_for_and_nowhere_else()
    {
        string[] harmed = ["orchestrator", "marie", "anga", "fabien", "telemetry-store"];
        var without = await ResourcesAsync("--Backends:Jaeger=embedded");
        foreach (var service in (string[])[.. harmed, "alerting"])
            Assert.DoesNotContain("Chaos__Enabled", (await VariablesAsync(Named(without, service))).Keys);

        var with = await ResourcesAsync("--Backends:Jaeger=embedded", "--Chaos:Enabled=true");
        foreach (var service in (string[])[.. harmed, "alerting"])
            Assert.Equal("true", (await VariablesAsync(Named(with, service)))["Chaos__Enabled"]);
        Assert.Equal("true", (await VariablesAsync(Named(with, "orchestrator")))["Chaos__HasTelemetryStore"]);
        Assert.Equal("orchestrator", Assert.IsType<EndpointReference>((await VariablesAsync(Named(with, "alerting")))["ORCHESTRATOR_URL"]).Resource.Name);
        Assert.Equal("false", (await VariablesAsync(Named(await ResourcesAsync("--Backends=off", "--Chaos:Enabled=true"), "orchestrator")))["Chaos__HasTelemetryStore"]);
        await Assert.ThrowsAsync<DistributedApplicationException>(() => ResourcesAsync("--Chaos:Enabled=perhaps"));
    }

    [Theory]
    [InlineData("container", "jaeger-sampled.yaml")]
    [InlineData("embedded", null)]
    public async Task Traces_are_sampled_where_it_is_asked_for(string jaeger, string? file)
    {
        var resources = await ResourcesAsync("--Backends=off", $"--Backends:Jaeger={jaeger}", "--Backends:OtelCollector=container", "--Sampling:Enabled=true");

        if (file is not null)
            Assert.Contains(file, await ConfigurationsAsync(resources));
        else
            Assert.Equal("true", (await VariablesAsync(Named(resources, "telemetry-store")))["TelemetryStore__Sampling__Enabled"]);
    }

    [Fact]
    public async Task The_collector_knows_no_destination_that_is_left_out()
    {
        var resources = await ResourcesAsync("--Backends=off", "--Backends:OtelCollector=container", "--Backends:Loki=container", "--ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL=");

        Assert.Equal(["config.yaml", "loki.yaml"], await ConfigurationsAsync(resources));
    }

    [Fact]
    public async Task Without_a_collector_services_send_to_the_dashboard()
    {
        var toDashboard = await VariablesAsync(Named(await ResourcesAsync("--Backends=off", "--ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL=http://localhost:4711"), "marie"));
        Assert.Contains("4711", toDashboard["OTEL_EXPORTER_OTLP_ENDPOINT"].ToString(), StringComparison.Ordinal);

    }

    [Theory]
    [InlineData("--Backends:Jaeger=embedded")]
    [InlineData("--Backends:Loki=embedded")]
    public async Task The_telemetry_store_takes_everything_where_it_stands_in(string standIn)
    {
        var resources = await ResourcesAsync("--Backends=off", standIn);

        foreach (var service in Services)
        {
            var variables = await VariablesAsync(Named(resources, service));
            var endpoint = Assert.IsType<ReferenceExpression>(variables["OTEL_EXPORTER_OTLP_ENDPOINT"]);
            Assert.Equal("http://{telemetry-store.bindings.otlp-grpc.host}:{telemetry-store.bindings.otlp-grpc.port}", endpoint.ValueExpression);
            Assert.Contains(Named(resources, service).Annotations.OfType<WaitAnnotation>(), wait => wait.Resource.Name == "telemetry-store");
            Assert.EndsWith("x-api-key={api-key.value}", Assert.IsType<ReferenceExpression>(variables["OTEL_EXPORTER_OTLP_HEADERS"]).ValueExpression, StringComparison.Ordinal);
        }

        LeftOut.ForgetIn(new DistributedApplicationModel(resources));
        var orchestrator = await VariablesAsync(Named(resources, "orchestrator"));
        var source = Assert.Single(orchestrator, variable => variable.Key is "JAEGER_URL" or "LOKI_URL");
        Assert.Equal("telemetry-store", Assert.IsType<EndpointReference>(source.Value).Resource.Name);
        Assert.DoesNotContain("OTEL_EXPORTER_OTLP_ENDPOINT", (await VariablesAsync(Named(resources, "telemetry-store"))).Keys);
    }

    [Fact]
    public async Task An_api_key_is_encoded_where_exporters_read_it()
    {
        var resources = await ResourcesAsync("--Backends=off", "--Backends:Jaeger=embedded", "--Parameters:api-key=50%=half;1");

        var headers = Assert.IsType<ReferenceExpression>((await VariablesAsync(Named(resources, "marie")))["OTEL_EXPORTER_OTLP_HEADERS"]);
        Assert.EndsWith("x-api-key=50%25%3Dhalf%3B1", await headers.GetValueAsync(CancellationToken.None), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_telemetry_store_is_not_published() => Assert.DoesNotContain(await PublishedModel.ReadAsync(), resource => resource.Name == "telemetry-store");

    [Fact]
    public async Task Workers_can_be_multiplied()
    {
        var resources = await ResourcesAsync("--Workers:Replicas=3");

        Assert.Equal(3, Assert.Single(Named(resources, "marie").Annotations.OfType<ReplicaAnnotation>()).Replicas);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    public async Task Workers_cannot_be_fewer_than_one(string replicas)
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(() => ResourcesAsync($"--Workers:Replicas={replicas}"));

        Assert.Contains($"Workers:Replicas={replicas}: it has to be a whole number from 1 on.", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("otel-collector", "jaeger")]
    [InlineData("otel-collector", "loki")]
    [InlineData("alloy", "loki")]
    [InlineData("grafana", "prometheus")]
    [InlineData("marie", "orchestrator")]
    [InlineData("anga", "orchestrator")]
    [InlineData("fabien", "orchestrator")]
    [InlineData("prometheus", "orchestrator")]
    [InlineData("alertmanager", "alerting")]
    public async Task Who_needs_another_one_waits_for_it(string name, string other)
    {
        var resources = await ResourcesAsync("--Backends=container");

        Assert.Contains(Named(resources, name).Annotations.OfType<WaitAnnotation>(), wait => wait.Resource.Name == other);
    }

    [Fact]
    public async Task A_backend_that_is_switched_off_is_not_there_and_nobody_speaks_of_it()
    {
        var resources = await ResourcesAsync("--Backends=container", "--Backends:Loki=off", "--Backends:Alertmanager=off");
        LeftOut.ForgetIn(new DistributedApplicationModel(resources));

        Assert.DoesNotContain(resources, resource => resource.Name is "loki" or "alertmanager");
        Assert.DoesNotContain("LOKI_PUSH_URL", (await VariablesAsync(Named(resources, "alloy"))).Keys);
        Assert.Equal("http://loki.invalid", (await VariablesAsync(Named(resources, "grafana")))["LOKI_URL"]);
    }

    [Fact]
    public async Task Nobody_waits_for_what_is_not_there()
    {
        var resources = await ResourcesAsync();
        resources.Remove(Named(resources, "orchestrator"));
        LeftOut.ForgetIn(new DistributedApplicationModel(resources));

        Assert.DoesNotContain(resources.SelectMany(resource => resource.Annotations.OfType<WaitAnnotation>()), wait => wait.Resource.Name == "orchestrator");
    }

    [Theory]
    [InlineData("api-key")]
    [InlineData("console-token")]
    [InlineData("grafana-password")]
    [InlineData("anthropic-key")]
    [InlineData("slack-token")]
    [InlineData("pagerduty-key")]
    public async Task Keys_are_secrets(string name)
    {
        var resources = await ResourcesAsync();

        Assert.True(Assert.Single(resources.OfType<ParameterResource>(), parameter => parameter.Name == name).Secret);
    }

    [Fact]
    public async Task Alertmanager_finds_its_secrets_in_files_as_far_as_there_are_parameters_for_them()
    {
        var resources = await PublishedModel.ReadAsync();
        var there = resources.OfType<ParameterResource>().Select(parameter => parameter.Name).Intersect(["api-key", "pagerduty-key", "slack-token"]);

        var files = Named(resources, "alertmanager").Annotations.OfType<SecretFile>().ToList();

        Assert.Equal(there.Order(), files.Select(file => file.FileName).Order());
        Assert.All(files, file => Assert.Equal(file.FileName, file.Value.Name));
        Assert.Contains(files, file => file.FileName == "api-key");
    }

    [Theory]
    [InlineData(null, "")]
    [InlineData("--Parameters:pagerduty-key=key-1", "key-1")]
    [InlineData("--Parameters:pagerduty_key=key-1", "key-1")]
    public async Task A_channel_for_incidents_is_off_unless_it_is_set_up_and_nobody_is_asked(string? argument, string key)
    {
        var resources = await ResourcesAsync(argument is null ? [] : [argument]);

        Assert.Equal(key, await Assert.Single(resources.OfType<ParameterResource>(), parameter => parameter.Name == "pagerduty-key").GetValueAsync(CancellationToken.None));
        Assert.Contains("PagerDuty__RoutingKey", (await VariablesAsync(Named(resources, "alerting"))).Keys);
    }

    [Theory]
    [InlineData("", "--ANTHROPIC_API_KEY=")]
    [InlineData("key-1", "--ANTHROPIC_API_KEY=key-1")]
    [InlineData("key-2", "--ANTHROPIC_API_KEY=key-1", "--Parameters:anthropic-key=key-2")]
    [InlineData("", "--ANTHROPIC_API_KEY=key-1", "--Parameters:anthropic-key=")]
    public async Task Workers_get_the_key_of_Claude_from_where_people_have_it(string key, params string[] arguments)
    {
        var resources = await ResourcesAsync(arguments);

        Assert.Equal(key, await Assert.Single(resources.OfType<ParameterResource>(), parameter => parameter.Name == "anthropic-key").GetValueAsync(CancellationToken.None));
        foreach (var worker in (string[])["marie", "anga", "fabien"])
            Assert.Contains("ANTHROPIC_API_KEY", (await VariablesAsync(Named(resources, worker))).Keys);
    }

    [Fact]
    public async Task Alerting_asks_Alertmanager_and_does_not_wait_for_it()
    {
        var alerting = Named(await ResourcesAsync("--Backends=container"), "alerting");

        Assert.Equal("alertmanager", Assert.IsType<EndpointReference>((await VariablesAsync(alerting))["ALERTMANAGER_URL"]).Resource.Name);
        Assert.DoesNotContain(alerting.Annotations.OfType<WaitAnnotation>(), wait => wait.Resource.Name == "alertmanager");
        Assert.Equal("console", Assert.IsType<EndpointReference>((await VariablesAsync(alerting))["Alerting__ConsoleUrl"]).Resource.Name);
    }

    [Fact]
    public async Task The_consoles_links_to_Grafana_are_those_of_a_run_and_not_the_names_of_containers()
    {
        var run = await VariablesAsync(Named(await ResourcesAsync("--Backends=container"), "console"));
        Assert.Equal("grafana", Assert.IsType<EndpointReference>(run["GRAFANA_URL"]).Resource.Name);

        Assert.DoesNotContain("GRAFANA_URL", (await VariablesAsync(Named(await PublishedModel.ReadAsync(), "console"))).Keys);
    }

    private static IResource Named(IEnumerable<IResource> resources, string name) => Assert.Single(resources, resource => resource.Name == name);

    private static async Task<Dictionary<string, object>> VariablesAsync(IResource resource)
    {
        var context = new EnvironmentCallbackContext(new(DistributedApplicationOperation.Run), resource);
        foreach (var annotation in resource.Annotations.OfType<EnvironmentCallbackAnnotation>())
            await annotation.Callback(context);
        return context.EnvironmentVariables;
    }

    private static async Task<IEnumerable<string>> ConfigurationsAsync(IEnumerable<IResource> resources)
    {
        var collector = Named(resources, "otel-collector");
        var context = new CommandLineArgsCallbackContext([], collector);
        foreach (var annotation in collector.Annotations.OfType<CommandLineArgsCallbackAnnotation>())
            await annotation.Callback(context);
        return context.Args.OfType<string>().Select(argument => Path.GetFileName(argument));
    }

    private async Task<List<IResource>> ResourcesAsync(params string[] arguments)
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AgentSystem_AppHost>([$"--Data:Dir={_data[Guid.NewGuid().ToString()]}", .. arguments]);
        return [.. builder.Resources];
    }
}
