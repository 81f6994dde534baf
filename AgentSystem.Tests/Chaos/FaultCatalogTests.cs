using AgentSystem.Protocol;
using AgentSystem.Tests.Rules;

namespace AgentSystem.Tests.Chaos;

public sealed class FaultCatalogTests
{
    public static TheoryData<string> Names => [.. FaultCatalog.All.Select(kind => kind.Name)];

    [Fact]
    public void There_are_at_least_twelve_faults_and_no_two_of_a_name() =>
        Assert.True(FaultCatalog.All.Select(kind => kind.Name).Distinct().Count() is >= 12 and var count && count == FaultCatalog.All.Count);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_fault_raises_an_alert_that_there_is_and_its_defaults_are_allowed(string name)
    {
        var kind = FaultCatalog.Find(name)!;

        var alerts = RuleFiles.Alerts.Select(alert => alert.Name).ToList();
        Assert.Empty(kind.Also.Append(kind.Raises).Except(alerts));
        Assert.All(kind.Parameters, parameter => Assert.Null(parameter.Judge(parameter.Default)));
    }

    [Theory]
    [InlineData("35", null)]
    [InlineData("0", "must be a number from 0.1 to 3600")]
    [InlineData("many", "must be a number from 0.1 to 3600")]
    [InlineData("NaN", "must be a number from 0.1 to 3600")]
    [InlineData("1e3", "must be a number from 0.1 to 3600")]
    public void A_number_has_bounds(string value, string? error) =>
        Assert.Equal(error, FaultCatalog.Find(FaultCatalog.SlowAgent)!.Parameters[0].Judge(value));

    [Fact]
    public void A_word_is_one_of_several()
    {
        var error = FaultCatalog.Find(FaultCatalog.ClaudeErrors)!.Parameters[0];

        Assert.All(FaultCatalog.ModelErrors, word => Assert.Null(error.Judge(word)));
        Assert.StartsWith("must be one of overloaded_error", error.Judge("1"), StringComparison.Ordinal);
    }
}
