using System.CommandLine;

namespace AgentSystem.Benchmarks;

/// <summary>Options that benchmarks share.</summary>
internal static class CommandOptions
{
    internal static Option<int> Number(string name, int value, string description)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (result.GetValue(option) <= 0)
                result.AddError($"{name} must be a whole number above 0.");
        });
        return option;
    }

    internal static Option<string?> Data() => new("--data") { Description = "A folder that keeps what is searched, for the next run." };

    internal static Option<string?> Json() => new("--json") { Description = "A file for the figures." };
}
