using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace AgentSystem.Tests.Hosting.Embedded.ResourceService;

public sealed class ResourceSecretsTests
{
    private const string Secret = "hunter two&more";
    private const string Mask = "••••••";

    [Fact]
    public async Task a_secret_leaves_the_host_in_no_answer()
    {
        var builder = ResourceServiceClient.Builder($"--Parameters:password={Secret}", "--Parameters:short=on", "--Parameters:plain=visible");
        var password = builder.AddParameter("password", secret: true);
        var shortOne = builder.AddParameter("short", secret: true);
        var talker = builder.AddExecutable("talker", "sh", ".", "-c", "echo the password is $PASSWORD, $PASSWORD; sleep 100").WithHttpEndpoint(env: "PORT")
            .WithEnvironment("PASSWORD", password)
            .WithEnvironment("SHORT", shortOne)
            .WithEnvironment("PLAIN", builder.AddParameter("plain"))
            .WithEnvironment("CONNECTION", $"server=x;password={password}")
            .WithEnvironment("ADDRESS", $"http://x/{password:uri}")
            .WithEnvironment(async context => context.EnvironmentVariables["RESOLVED"] = $"by hand: {await password.Resource.GetValueAsync(context.CancellationToken)}")
            .WithEnvironment("ONLY", "innocent")
            .WithOtlpExporter()
            .WithUrlForEndpoint("http", url => url.Url = $"/login?t={Uri.EscapeDataString(Secret)}")
            .WithCommand("tell", "Tell", _ => Task.FromResult(CommandResults.Failure($"wrong password {Secret}")));
        await using var app = await builder.StartAsync();
        using var client = ResourceServiceClient.For(app);

        var shown = await client.UntilAsync("/resources/events", r => r.Text("name") == "talker" && r.Text("state") == "Running");
        foreach (var name in (string[])["PASSWORD", "SHORT", "CONNECTION", "ADDRESS", "RESOLVED", "OTEL_EXPORTER_OTLP_HEADERS"])
        {
            var variable = shown.Named("environment", name);
            Assert.Equal((name, "True", null), (name, variable.Text("secret"), variable.Text("value")));
        }

        Assert.Equal("visible", shown.Named("environment", "PLAIN").Text("value"));
        // A short secret is no reason to hide a text that happens to have the same letters.
        Assert.Equal("innocent", shown.Named("environment", "ONLY").Text("value"));
        Assert.EndsWith($"/login?t={Mask}", shown.GetProperty("urls")[0].Text("address"), StringComparison.Ordinal);
        var said = await client.UntilAsync("/resources/talker/logs/events", lines => lines.GetArrayLength() > 0);
        Assert.Equal($"the password is {Mask}, {Mask}", said[0].Text("text"));
        Assert.EndsWith($" the password is {Mask}, {Mask}\n", await client.Http.GetStringAsync("/resources/talker/logs"), StringComparison.Ordinal);
        Assert.Equal($"wrong password {Mask}", (await client.CommandAsync("talker", "tell")).Text("message"));
        var parameters = (await client.ResourcesAsync()).Where(r => r.Text("type") == "Parameter").ToDictionary(r => r.Text("name")!, r => r.Named("properties", "Value"));
        Assert.Equal(("True", null), (parameters["password"].Text("secret"), parameters["password"].Text("value")));
        Assert.Equal(("False", "visible"), (parameters["plain"].Text("secret"), parameters["plain"].Text("value")));
        Assert.DoesNotContain("hunter", await client.Http.GetStringAsync("/resources"), StringComparison.Ordinal);
        Assert.Equal(talker.Resource, app.Resource("talker"));
    }
}
