print("catsvsdogs")
