namespace AgentSystem.Tests.Hosting.Contract;

/// <summary>
/// <c>Contract.tsv</c> lists every public type and member of the embedded host, and for each type the source file of the one in
/// microsoft/aspire (tag v13.5.2) that it mirrors. Every engine has them all.
/// </summary>
public sealed class ContractTests
{
    [Fact]
    public void The_engine_has_all_of_the_contract()
    {
        var listed = Contract.Listed();

        Assert.True(listed.Count > 500, "the contract is not there");
        Contract.AssertNone("in the contract, but not in the engine", listed.Except(Contract.Offered()));
    }

    [Fact]
    public void Every_type_says_what_it_mirrors() =>
        Assert.All(Contract.Read(), line => Assert.StartsWith("src/Aspire.Hosting", line.Mirrors, StringComparison.Ordinal));
}
