/// What the models and runs this program writes are stamped with.
public enum Tandem {
    public static let version = "0.1.0"
}
