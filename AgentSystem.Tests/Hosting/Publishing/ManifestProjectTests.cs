using AgentSystem.Tests.Support;
using Aspire.Hosting;

namespace AgentSystem.Tests.Hosting.Publishing;

/// <summary>Projects in the manifest: their endpoints, and the variables by which they listen on them.</summary>
public sealed class ManifestProjectTests
{
    private const string Retry = "\"OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY\":\"in_memory\"";
    private const string Web = Retry + ",\"ASPNETCORE_FORWARDEDHEADERS_ENABLED\":\"true\"";

    private const string LaunchSettings = """
        { "profiles": {
          "https": { "commandName": "Project", "applicationUrl": "https://localhost:7001;http://localhost:5001;http://localhost:5002", "environmentVariables": { "FROM_PROFILE": "1" } },
          "bare": { "commandName": "Project", "environmentVariables": { "FROM_PROFILE": "1" } } } }
        """;

    [Fact]
    public async Task a_project_without_endpoints_is_a_path_and_little_more()
    {
        using var folder = new TempFolder();
        var entries = Manifest.Entries(await Manifest.TextAsync(folder, app => app.AddProject("job", Manifest.Project(folder, "Job")).WithReplicas(3).WithArgs("--once")));
        Assert.Equal($$$"""{"type":"project.v0","path":"../Job/Job.csproj","args":["--once"],"env":{{{{Retry}}}}}""", entries["job"]);
    }

    [Fact]
    public async Task it_is_told_its_ports_by_scheme_and_that_a_proxy_stands_before_it()
    {
        using var folder = new TempFolder();
        var entries = await Manifest.EntriesAsync(app => app.AddProject("web", Manifest.Project(folder, "Web"))
            .WithHttpEndpoint().WithHttpEndpoint(name: "admin", port: 8001).WithHttpsEndpoint(targetPort: 8443).WithEndpoint(name: "raw").WithEnvironment("OWN", "1"));

        Assert.Equal(
            $$$"""{{{{Web}}},"HTTP_PORTS":"{web.bindings.http.targetPort};{web.bindings.admin.targetPort}","HTTPS_PORTS":"{web.bindings.https.targetPort}","OWN":"1"}""",
            entries.Part("web", "env"));
    }

    [Fact]
    public async Task a_port_that_it_is_told_by_a_variable_of_its_own_is_its_own_affair()
    {
        using var folder = new TempFolder();
        var entries = await Manifest.EntriesAsync(app => app.AddProject("web", Manifest.Project(folder, "Web"))
            .WithHttpEndpoint(env: "MY_PORT").WithHttpEndpoint(name: "b").WithEnvironment("ASPNETCORE_FORWARDEDHEADERS_ENABLED", "false"));

        Assert.Equal(
            $$$"""{{{{Retry}}},"ASPNETCORE_FORWARDEDHEADERS_ENABLED":"false","HTTP_PORTS":"{web.bindings.b.targetPort}","MY_PORT":"{web.bindings.http.targetPort}"}""",
            entries.Part("web", "env"));
    }

    [Fact]
    public async Task a_launch_profile_of_a_web_application_makes_one_endpoint_a_scheme_and_nothing_else()
    {
        using var folder = new TempFolder();
        var entries = await Manifest.EntriesAsync(app => app.AddProject("shop", Manifest.Project(folder, "Shop", LaunchSettings)));

        // The deployment ends TLS, so the program listens on HTTP only.
        Assert.Equal($$$"""{{{{Web}}},"HTTP_PORTS":"{shop.bindings.http.targetPort}"}""", entries.Part("shop", "env"));
        Assert.Equal(
            """{"http":{"scheme":"http","protocol":"tcp","transport":"http"},"https":{"scheme":"https","protocol":"tcp","transport":"http"}}""", entries.Part("shop", "bindings"));
    }

    [Fact]
    public async Task other_profiles_make_none()
    {
        using var folder = new TempFolder();
        var project = Manifest.Project(folder, "Shop", LaunchSettings);
        var entries = await Manifest.EntriesAsync(app =>
        {
            app.AddProject("bare", project, launchProfileName: "bare");
            app.AddProject("none", project, launchProfileName: null);
            app.AddProject("own", project, options => options.ExcludeLaunchProfile = true).WithHttpsEndpoint();
        });

        Assert.All((string[])["bare", "none"], name => Assert.Equal($$$"""{{{{Retry}}}}""", entries.Part(name, "env")));
        Assert.Equal($$$"""{{{{Web}}},"HTTPS_PORTS":"{own.bindings.https.targetPort}"}""", entries.Part("own", "env"));
        await Assert.ThrowsAsync<DistributedApplicationException>(() => Manifest.EntriesAsync(app => app.AddProject("wrong", project, launchProfileName: "no-such")));
    }

    [Fact]
    public async Task what_the_AppHost_says_about_the_profiles_endpoints_holds()
    {
        using var folder = new TempFolder();
        var entries = await Manifest.EntriesAsync(app => app.AddProject("shop", Manifest.Project(folder, "Shop", LaunchSettings))
            .WithHttpEndpoint(targetPort: 8080).WithExternalHttpEndpoints().AsHttp2Service().WithHttpEndpoint(name: "admin"));

        Assert.Equal($$$"""{{{{Web}}},"HTTP_PORTS":"{shop.bindings.http.targetPort};{shop.bindings.admin.targetPort}"}""", entries.Part("shop", "env"));
        Assert.Equal(
            Manifest.Json("""
            {"http":{"scheme":"http","protocol":"tcp","transport":"http2","targetPort":8080,"external":true},"https":{"scheme":"https","protocol":"tcp","transport":"http2","external":true},
            "admin":{"scheme":"http","protocol":"tcp","transport":"http2","targetPort":8000}}
            """), entries.Part("shop", "bindings"));
    }

    [Fact]
    public async Task endpoints_of_Kestrels_settings_are_taken_over_and_named_in_its_own_variables()
    {
        using var folder = new TempFolder();
        var settings = """
            { "Kestrel": { "Endpoints": {
              "Public": { "Url": "http://*:5005" }, "Grpc": { "Url": "http://*:5006", "Protocols": "Http2" }, "Safe": { "Url": "https://localhost:5007" } } } }
            """;
        var entries = await Manifest.EntriesAsync(app => app.AddProject("api", Manifest.Project(folder, "Api", settings: settings)).WithHttpEndpoint(name: "more"));

        Assert.Equal(
            Manifest.Json($$$"""
            {{{{Web}}},"Kestrel__Endpoints__Grpc__Url":"http://*:{api.bindings.Grpc.targetPort}","Kestrel__Endpoints__Public__Url":"http://*:{api.bindings.Public.targetPort}",
            "Kestrel__Endpoints__https__Url":"https://*:{api.bindings.https.targetPort}","Kestrel__Endpoints__more__Url":"http://*:{api.bindings.more.targetPort}"}
            """),
            entries.Part("api", "env"));
        Assert.Equal(
            Manifest.Json("""
            {"Grpc":{"scheme":"http","protocol":"tcp","transport":"http2","targetPort":5006},"Public":{"scheme":"http","protocol":"tcp","transport":"http","targetPort":5005},
            "https":{"scheme":"https","protocol":"tcp","transport":"http","targetPort":5006},"more":{"scheme":"http","protocol":"tcp","transport":"http","targetPort":8000}}
            """),
            entries.Part("api", "bindings"));
    }
}
