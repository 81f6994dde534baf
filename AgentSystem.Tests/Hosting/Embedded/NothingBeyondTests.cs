using ContractFile = AgentSystem.Tests.Hosting.Contract.Contract;

namespace AgentSystem.Tests.Hosting.Embedded;

/// <summary>What is written against this engine can be built with Aspire, since there is nothing here that Aspire does not have.</summary>
public sealed class NothingBeyondTests
{
    /// <summary>Set to 1, it has the contract written anew.</summary>
    private const string WriteVariable = "WRITE_CONTRACT";

    [Fact]
    public void Nothing_is_public_beyond_the_contract()
    {
        if (Environment.GetEnvironmentVariable(WriteVariable) == "1")
            ContractFile.Write();

        ContractFile.AssertNone($"in the embedded engine, but not in the contract (should it be? then {WriteVariable}=1)", ContractFile.Offered().Except(ContractFile.Listed()));
    }
}
