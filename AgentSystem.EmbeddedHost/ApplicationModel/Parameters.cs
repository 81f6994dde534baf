using System.Security.Cryptography;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A value that is settled from outside.</summary>
public class ParameterResource : Resource, IExpressionValue
{
    private readonly Lazy<string> _configured;

    public ParameterResource(string name, Func<ParameterDefault?, string> callback, bool secret = false) : base(name)
    {
        _configured = new(() => callback(Default));
        Secret = secret;
    }

    public ParameterDefault? Default { get; set; }
    public bool Secret { get; }
    public string? Description { get; set; }
    public bool EnableDescriptionMarkdown { get; set; }
    public string ValueExpression => $"{{{Name}.value}}";

    /// <summary>What is configured or made. It is settled once.</summary>
    internal string Configured => _configured.Value;

    /// <summary>Set while the application runs: whoever needs the value waits for it, as people may be asked for one that is missing.</summary>
    internal TaskCompletionSource<string>? Settled { get; set; }

    public async ValueTask<string?> GetValueAsync(CancellationToken cancellationToken) =>
        Settled is { } settled ? await settled.Task.WaitAsync(cancellationToken).ConfigureAwait(false) : Configured;

#pragma warning disable CA1725 // Aspire names the parameter so, and callers may.
    public ValueTask<string?> GetValueAsync(ValueProviderContext _, CancellationToken cancellationToken) => GetValueAsync(cancellationToken);
#pragma warning restore CA1725
}

/// <summary>Makes a value for a parameter that has none.</summary>
public abstract class ParameterDefault
{
    public abstract string GetDefaultValue();
}

/// <summary>Makes a random value: so many characters of the kinds that are allowed, of each at least so many.</summary>
public sealed class GenerateParameterDefault : ParameterDefault
{
    public int MinLength { get; set; } = 22;
    public bool Lower { get; set; } = true;
    public bool Upper { get; set; } = true;
    public bool Numeric { get; set; } = true;
    public bool Special { get; set; } = true;
    public int MinLower { get; set; }
    public int MinUpper { get; set; }
    public int MinNumeric { get; set; }
    public int MinSpecial { get; set; }

    public override string GetDefaultValue()
    {
        (bool Use, int Min, string Characters)[] classes =
        [
            (Lower, MinLower, "abcdefghjkmnpqrstuvwxyz"), (Upper, MinUpper, "ABCDEFGHJKMNPQRSTUVWXYZ"), (Numeric, MinNumeric, "0123456789"), (Special, MinSpecial, "-_.{}~()*+!"),
        ];
        var used = classes.Where(c => c.Use).ToArray();
        if (used.Length == 0)
            throw new InvalidOperationException("A generated value needs at least one of Lower, Upper, Numeric and Special.");
        var characters = used.SelectMany(c => RandomNumberGenerator.GetItems<char>(c.Characters, c.Min)).ToList();
        characters.AddRange(RandomNumberGenerator.GetItems<char>(string.Concat(used.Select(c => c.Characters)), Math.Max(0, MinLength - characters.Count)));
        var shuffled = characters.ToArray();
        RandomNumberGenerator.Shuffle(shuffled.AsSpan());
        return new string(shuffled);
    }
}
