using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace AgentSystem.Tests.Hosting;

public sealed class ParameterTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task a_missing_value_says_how_to_set_it_and_so_do_those_who_need_it()
    {
        var builder = DistributedApplication.CreateBuilder();
        var parameter = builder.AddParameter("some-key");
        var needs = builder.AddExecutable("needs", "true", ".").WithEnvironment("KEY", parameter);
        builder.AddExecutable("after", "true", ".").WaitFor(needs);
        builder.AddExecutable("free", "true", ".");
        await using var app = builder.Build();
        await app.StartAsync().WaitAsync(Limit);

        await app.ResourceNotifications.WaitForResourceAsync("some-key", KnownResourceStates.ValueMissing).WaitAsync(Limit);
        await app.ResourceNotifications.WaitForResourceAsync("needs", KnownResourceStates.FailedToStart).WaitAsync(Limit);
        await app.ResourceNotifications.WaitForResourceAsync("after", KnownResourceStates.FailedToStart).WaitAsync(Limit);
        await app.ResourceNotifications.WaitForResourceAsync("free", KnownResourceStates.Finished).WaitAsync(Limit);
        Assert.Contains("Parameters__some_key", await app.LogOfAsync("needs"), StringComparison.Ordinal);
        Assert.Contains("'after' waits for 'needs' to be healthy, but that is FailedToStart", await app.LogOfAsync("after"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Parameters:some-key")]
    [InlineData("Parameters:some_key")]
    public async Task a_value_comes_from_the_configuration(string key)
    {
        var builder = DistributedApplication.CreateBuilder([$"--{key}=v"]);

        Assert.Equal("v", await builder.AddParameter("some-key").Resource.GetValueAsync(default));
    }
}
