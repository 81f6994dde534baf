using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace AgentSystem.Tests.Hosting.Contract;

/// <summary>The public surface of assemblies as text: one line per member, with everything that a caller's code depends on.</summary>
internal static class PublicApi
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>Every type that others can see, by its full name, with its head and members.</summary>
    public static SortedDictionary<string, SortedSet<string>> Of(params IEnumerable<Assembly> assemblies)
    {
        var api = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        foreach (var type in assemblies.SelectMany(assembly => assembly.GetExportedTypes()))
            api[type.FullName!] = new(Heads(type).Concat(type.IsEnum ? EnumMembers(type) : Members(type)), StringComparer.Ordinal);
        return api;
    }

    /// <summary>What the type is, and a line each for its base and its interfaces: a mirror may have fewer of them.</summary>
    private static IEnumerable<string> Heads(Type type)
    {
        yield return $"is {Kind(type)}{TypeText.Generics(type.GetGenericArguments())}";
        if (type is { IsClass: true, BaseType: { } parent } && parent != typeof(object) && parent != typeof(MulticastDelegate))
            yield return $"is a {TypeText.Name(parent)}";
        foreach (var contract in type.GetInterfaces().Where(contract => contract.IsVisible && !IsFromRecord(contract, type)))
            yield return $"is a {TypeText.Name(contract)}";
    }

    private static string Kind(Type type) =>
        type.IsEnum ? "an enum"
        : type.IsInterface ? "an interface"
        : type.IsValueType ? (type.IsDefined(typeof(IsByRefLikeAttribute)) ? "a ref struct" : "a struct")
        : typeof(Delegate).IsAssignableFrom(type) ? "a delegate"
        : type is { IsAbstract: true, IsSealed: true } ? "a static class"
        : type.IsAbstract ? "an abstract class"
        : type.IsSealed ? "a sealed class"
        : "a class";

    private static IEnumerable<string> EnumMembers(Type type) =>
        Enum.GetNames(type).Select(name => $"{name} = {Convert.ToInt64(Enum.Parse(type, name), CultureInfo.InvariantCulture)}");

    private static IEnumerable<string> Members(Type type)
    {
        foreach (var constructor in type.GetConstructors(Declared).Where(c => IsVisible(c, type) && !c.IsStatic))
            yield return $"{Access(constructor)}new({TypeText.Parameters(constructor)})";
        foreach (var property in type.GetProperties(Declared))
        {
            if (Property(property, type) is { } line)
                yield return line;
        }

        foreach (var field in type.GetFields(Declared).Where(f => f.IsPublic || (f.IsFamily && !type.IsSealed)))
            yield return $"{(field.IsLiteral ? "const " : field.IsStatic ? "static " : "")}{TypeText.Name(field)} {field.Name}";
        foreach (var method in type.GetMethods(Declared).Where(m => IsVisible(m, type) && !IsAccessor(m) && !IsFromRecord(m)))
            yield return $"{Access(method)}{TypeText.Returns(method)} {method.Name}{TypeText.Generics(method.GetGenericArguments())}({TypeText.Parameters(method)})";
    }

    private static string? Property(PropertyInfo property, Type type)
    {
        var accessors = new[] { property.GetMethod, property.SetMethod }.OfType<MethodInfo>().Where(accessor => IsVisible(accessor, type)).ToArray();
        if (accessors.Length == 0 || accessors.All(IsFromRecord) && property.Name == "EqualityContract")
            return null;
        var required = property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "";
        return $"{Access(accessors[0])}{required}{TypeText.Name(property)} {property.Name} {{ {string.Join(" ", accessors.Select(Describe))} }}";

        string Describe(MethodInfo accessor) =>
            accessor == property.GetMethod ? "get;"
            : accessor.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init;"
            : accessor.IsPublic ? "set;" : "protected set;";
    }

    private static string Access(MethodBase method) =>
        (method.IsPublic || method.DeclaringType!.IsInterface ? "" : "protected ")
        + (method.IsStatic ? "static " : method is { IsAbstract: true, DeclaringType.IsInterface: false } ? "abstract " : method is { IsVirtual: true, IsFinal: false, DeclaringType.IsInterface: false } ? "virtual " : "");

    private static bool IsVisible(MethodBase method, Type type) => method.IsPublic || ((method.IsFamily || method.IsFamilyOrAssembly) && !type.IsSealed);

    private static bool IsAccessor(MethodInfo method) => method.IsSpecialName && !method.Name.StartsWith("op_Implicit", StringComparison.Ordinal);

    /// <summary>What the compiler makes for every record, and what every object has.</summary>
    private static bool IsFromRecord(MethodInfo method) =>
        method.Name is "Equals" or "GetHashCode" or "ToString" or "<Clone>$" or "PrintMembers" or "Deconstruct" or "get_EqualityContract";

    private static bool IsFromRecord(Type contract, Type type) => contract.IsGenericType && contract.GetGenericTypeDefinition() == typeof(IEquatable<>) && contract.GetGenericArguments()[0] == type;
}
