using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace AgentSystem.Tests.Hosting;

public sealed class ParameterTests
{
    [RunFact]
    public async Task without_anybody_to_ask_a_missing_value_is_an_error_of_those_who_need_it()
    {
        var builder = Hosts.Builder();
        var parameter = builder.AddParameter("some-key");
        var needs = builder.AddExecutable("needs", "true", ".").WithEnvironment("KEY", parameter);
        builder.AddExecutable("after", "true", ".").WaitFor(needs);
        builder.AddExecutable("free", "true", ".");
        await using var app = await builder.StartAsync();

        await app.UntilAsync("some-key", KnownResourceStates.ValueMissing);
        await app.UntilAsync("needs", KnownResourceStates.FailedToStart);
        await app.UntilAsync("after", KnownResourceStates.FailedToStart);
        await app.UntilAsync("free", KnownResourceStates.Finished);
        await Assert.ThrowsAsync<MissingParameterValueException>(() => parameter.Resource.GetValueAsync(CancellationToken.None).AsTask());
    }

    [Theory]
    [InlineData("Parameters:some-key")]
    [InlineData("Parameters:some_key")]
    public async Task a_value_comes_from_the_configuration(string key)
    {
        var builder = Hosts.Builder($"--{key}=v");

        Assert.Equal("v", await builder.AddParameter("some-key").Resource.GetValueAsync(CancellationToken.None));
    }

    [Fact]
    public async Task a_value_can_be_given_called_for_configured_elsewhere_or_made()
    {
        var builder = Hosts.Builder("--Else:Where=configured", "--Parameters:given=ignored", "--Parameters:set=set");

        Assert.Equal("given", await ValueAsync(builder.AddParameter("given", "given")));
        Assert.Equal("called", await ValueAsync(builder.AddParameter("called", () => "called", secret: true)));
        Assert.Equal("configured", await ValueAsync(builder.AddParameterFromConfiguration("elsewhere", "Else:Where")));
        Assert.Equal("set", await ValueAsync(builder.AddParameter("set", new GenerateParameterDefault { MinLength = 30 })));
        var made = builder.AddParameter("made", new GenerateParameterDefault { MinLength = 30, Special = false }, secret: true);
        Assert.Matches("^[A-Za-z0-9]{30}$", await ValueAsync(made));
        Assert.Equal(await ValueAsync(made), await ValueAsync(made));
        Assert.Throws<ArgumentException>(() => builder.AddParameter("both", "v", publishValueAsDefault: true, secret: true));
    }

    [Fact]
    public async Task what_was_made_is_kept_in_the_user_secrets_when_it_has_to_persist_and_only_then()
    {
        using var secrets = new SecretsOfATest();
        var first = await RunAsync("Development");
        var kept = JsonDocument.Parse(await File.ReadAllTextAsync(secrets.File)).RootElement;
        Assert.Equal(first.Kept, kept.GetProperty("Parameters:kept").GetString());
        Assert.False(kept.TryGetProperty("Parameters:fresh", out _));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(secrets.File));

        var second = await RunAsync("Development");
        Assert.Equal(first.Kept, second.Kept);
        Assert.NotEqual(first.Fresh, second.Fresh);
        // As with every .NET host, user secrets are read in development only.
        Assert.NotEqual(first.Kept, (await RunAsync("Production")).Kept);

        async Task<(string Kept, string Fresh)> RunAsync(string environment)
        {
            var builder = Hosts.Builder($"--environment={environment}", $"--ASPIRE_USER_SECRETS_ID={secrets.Id}");
            var kept = builder.AddParameter("kept", new GenerateParameterDefault(), secret: true, persist: true);
            var fresh = builder.AddParameter("fresh", new GenerateParameterDefault(), secret: true);
            return (await ValueAsync(kept), await ValueAsync(fresh));
        }
    }

    [Fact]
    public async Task user_secrets_are_parameters_values()
    {
        using var secrets = new SecretsOfATest();
        Directory.CreateDirectory(Path.GetDirectoryName(secrets.File)!);
        await File.WriteAllTextAsync(secrets.File, """{ "Parameters": { "some-key": "secret" } }""");
        var builder = Hosts.Builder("--environment=Development", $"--ASPIRE_USER_SECRETS_ID={secrets.Id}");

        Assert.Equal("secret", await ValueAsync(builder.AddParameter("some-key", secret: true)));
    }

    private static async Task<string> ValueAsync(IResourceBuilder<ParameterResource> parameter) => (await parameter.Resource.GetValueAsync(CancellationToken.None))!;

    /// <summary>A store of user secrets that goes with the test.</summary>
    private sealed class SecretsOfATest : IDisposable
    {
        public string Id { get; } = $"agentsystem-test-{Guid.NewGuid():n}";

        public string File => Path.Combine(Environment.GetEnvironmentVariable("HOME")!, ".microsoft", "usersecrets", Id, "secrets.json");

        public void Dispose()
        {
            if (Path.GetDirectoryName(File) is { } folder && Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }
}
